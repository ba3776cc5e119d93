import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/** The whole: `npm test` compares a few inputs of each kind. */
export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  test: {
    include: ['test/catalog/**/*.{test,whole}.ts'],
    env: { PAYLOADS: '100', EVENTS: '60' },
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
