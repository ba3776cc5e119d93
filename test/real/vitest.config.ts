import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

const START_LIMIT_MS = 180_000

export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  test: {
    include: ['test/real/*.test.ts'],
    // Each file starts the whole product: one after the other on two cores.
    fileParallelism: false,
    testTimeout: START_LIMIT_MS,
    hookTimeout: START_LIMIT_MS,
  },
})
