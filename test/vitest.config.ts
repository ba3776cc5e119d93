import { resolve } from 'node:path'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

const root = resolve(import.meta.dirname, '..')

export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        plugins: [
          cloudflareTest({
            wrangler: { configPath: resolve(root, 'wrangler.toml') },
            miniflare: {
              bindings: { LOCAL: 'true', SEAL_SECONDS: 60, LEASE_SECONDS: 30, WAKE_SECONDS: 60 },
            },
          }),
        ],
        test: {
          name: 'workerd',
          include: ['test/{worker,durable-objects,queues}/**/*.test.ts'],
        },
      },
      {
        root,
        test: {
          name: 'node',
          include: ['test/*.test.ts', 'test/{bench,build,catalog}/**/*.test.ts'],
        },
      },
      {
        root,
        resolve: {
          alias: { 'cloudflare:workers': resolve(root, 'test/model/cloudflare-workers.ts') },
        },
        test: { name: 'model', include: ['test/model/*.test.ts'] },
      },
    ],
  },
})
