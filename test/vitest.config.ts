import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

const root = resolve(import.meta.dirname, '..')

const WORKERD = 'test/{worker,durable-objects,queues}/**/*.test.ts'
/** A mocked module would stay in the runtime that all other files share. */
const mocking = globSync(WORKERD, { cwd: root }).filter((file) =>
  readFileSync(resolve(root, file), 'utf8').includes('vi.mock('),
)
const inWorkerd = () =>
  cloudflareTest({
    wrangler: { configPath: resolve(root, 'wrangler.toml') },
    miniflare: {
      bindings: { LOCAL: 'true', SEAL_SECONDS: 60, LEASE_SECONDS: 30, WAKE_SECONDS: 60 },
    },
  })

export default defineConfig({
  root,
  test: {
    maxWorkers: 2, // by default one less than the machine has, and each waits for workerd half of its time
    projects: [
      {
        root,
        plugins: [inWorkerd()],
        test: { name: 'workerd', include: [WORKERD], exclude: mocking, isolate: false },
      },
      {
        root,
        plugins: [inWorkerd()],
        test: { name: 'workerd, mocked', include: mocking },
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
