import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

const START_LIMIT_MS = 180_000

export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  test: {
    include: ['test/real/*.test.ts'],
    // Each file starts the whole product: one after the other on two cores.
    fileParallelism: false,
    // They measure seconds and kill processes on a machine that may do much else.
    retry: 1,
    testTimeout: START_LIMIT_MS,
    hookTimeout: START_LIMIT_MS,
  },
})
