import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findViolations } from './support/architecture.ts'

const root = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const files = globSync('{worker,durable-objects,queues}/**/*.{ts,tsx}', { cwd: root })

describe('the source tree', () => {
  it('keeps the rules', () => {
    expect(files.length).toBeGreaterThan(40)
    expect(findViolations(new Map(files.map((file) => [file, read(file)])))).toEqual([])
  })

  it.each([
    [
      'a pure file that reads the clock',
      'worker/event/stamp.ts',
      'export const now = () => Date.now()',
      'worker/event/stamp.ts: is pure and says Date.now',
    ],
    [
      'a pure file that imports an adapter',
      'durable-objects/intake/commit.ts',
      "import { IntakeStore } from './intake-store.ts'",
      'durable-objects/intake/commit.ts: is pure and imports durable-objects/intake/intake-store.ts',
    ],
    [
      'request code that imports a consumer',
      'worker/routes/tracking.ts',
      "import { deliver } from '../../queues/deliver.ts'",
      'worker/routes/tracking.ts: imports queues/deliver.ts, but request code never imports a consumer',
    ],
    [
      'a consumer that imports hono',
      'queues/deliver.ts',
      "import { Hono } from 'hono'",
      'queues/deliver.ts: imports hono, but only request code knows hono',
    ],
    [
      'an object that imports a route',
      'durable-objects/intake/intake.ts',
      "import { x } from '../../worker/routes/tracking.ts'",
      'durable-objects/intake/intake.ts: imports worker/routes/tracking.ts, but consumers and objects share only the language of events with request code',
    ],
    [
      'an import without its extension',
      'worker/app.ts',
      "import { x } from './answers'",
      'worker/app.ts: imports worker/answers without its extension',
    ],
    [
      'a long file',
      'worker/app.ts',
      '\n'.repeat(300),
      'worker/app.ts: has 301 lines, more than 300',
    ],
  ])('fails on %s', (_, file, text, violation) => {
    expect(findViolations(new Map([[file, text]]))).toEqual([violation])
  })
})

describe('wrangler.toml', () => {
  const toml = read('wrangler.toml')

  it('holds nothing of the local run', () => {
    expect(toml).not.toMatch(/LOCAL|DEMO|local-|TOKEN|127\.0\.0\.1/)
  })

  it('has no route: with one, wrangler dev rewrites the host of every local request', () => {
    expect(toml).not.toMatch(/^\s*routes?\s*=|custom_domain/m)
  })

  it('gives a reason beside each number', () => {
    const numbers = toml.split('\n').filter((line) => /^\w+\s*=\s*\d/.test(line))
    expect(numbers.length).toBeGreaterThan(5)
    expect(numbers.filter((line) => !line.includes('#'))).toEqual([])
  })
})
