import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import { LOCAL_WRITE_KEY } from '../../durable-objects/workspace/fixed-workspace.ts'
import { listDestinations } from '../../scripts/build/destinations.ts'
import { countEvaluations, EVALUATED } from './support/counting-worker.ts'
import { type DryRun, dryRunDeploy } from './support/dry-run.ts'
import { ROOT, readModulesOf } from './support/modules.ts'
import { startVendor, type Vendor } from './support/vendor.ts'

const LIMIT_MS = 180_000

let outdir: string
let metafile: DryRun['metafile']
let stdout: string

beforeAll(async () => {
  outdir = mkdtempSync(join(tmpdir(), 'millrace-upload-'))
  ;({ metafile, stdout } = await dryRunDeploy(outdir))
}, LIMIT_MS)
afterAll(() => rmSync(outdir, { recursive: true }))

describe('a deployment', () => {
  it('uploads the main script and the modules of the catalogue, nothing else', () => {
    const files = readdirSync(outdir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(outdir.length + 1))
    const isChunk = (path: string) => /^generated\/catalog\/chunk-[A-Z0-9]{8}\.js$/.test(path)
    expect(files.filter((path) => !isChunk(path)).sort()).toEqual(
      [
        // README.md and the two that describe the script stay here.
        ...['README.md', 'bundle-meta.json', 'index.js', 'index.js.map'],
        ...listDestinations(ROOT).map((key) => `generated/catalog/${key}.js`),
      ].sort(),
    )
    expect(files.filter(isChunk).length).toBeGreaterThan(40)
  })

  it('binds its objects, its archive, its queues and its variables', () => {
    const lines = stdout.split('\n').filter((line) => line.startsWith('env.'))
    expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual(
      expect.arrayContaining([
        ['env.INTAKE (Intake)', 'Durable Object'],
        ['env.DESTINATION (Destination)', 'Durable Object'],
        ['env.ARCHIVE (millrace-archive)', 'R2 Bucket'],
        ['env.DELIVERIES (millrace-deliveries)', 'Queue'],
        ['env.PROFILES (millrace-profiles)', 'Queue'],
        ['env.SEAL_SECONDS (5)', 'Environment Variable'],
        ['env.LEASE_SECONDS (90)', 'Environment Variable'],
        ['env.WAKE_SECONDS (300)', 'Environment Variable'],
        ['env.PATH_PREFIX ("x7k")', 'Environment Variable'],
      ]),
    )
  })

  it('has nothing of the bench in the main script', () => {
    const inputs = Object.keys(metafile.inputs)
    expect(inputs.filter((path) => path.startsWith('bench/'))).toEqual([])
    expect(inputs).toContain('worker/index.ts')
  })

  it('has nothing of the catalogue in the main script', () => {
    const inputs = Object.keys(metafile.inputs)
    const packages = inputs.flatMap((path) => /node_modules\/([^/]+)\//.exec(path)?.[1] ?? [])
    expect([...new Set(packages)].sort()).toEqual([
      'hono',
      'isbot',
      'tldts',
      'tldts-core',
      'valibot',
    ])
    expect(inputs.filter((path) => path.startsWith('generated/')).sort()).toEqual([
      'generated/demo-client.ts',
      'generated/live-client.ts',
      'generated/sdk-template.ts',
    ])
    expect(inputs.filter((path) => path.startsWith('queues/catalog/'))).toEqual([
      'queues/catalog/load.ts',
    ])
    // A word that is in every destination's module, by way of the core.
    expect(readFileSync(join(outdir, 'index.js'), 'utf8')).not.toContain('AggregateAjvError')
    const webhook = readModulesOf(['webhook']).map(({ contents }) => contents)
    expect(webhook.join()).toContain('AggregateAjvError')
  })
})

describe('a cold start', () => {
  let vendor: Vendor
  let millrace: TestHarness
  const ofWebhook = readModulesOf(['webhook']).map(({ path }) => path)

  beforeAll(async () => {
    vendor = await startVendor()
    countEvaluations(outdir, ofWebhook)
    const vars = {
      LOCAL: 'true',
      DEMO_SINK: `http://127.0.0.1:${vendor.port}/`,
      SEAL_SECONDS: 86_400, // an event waits until its chunk is full
    }
    millrace = createTestHarness({
      workers: [{ configPath: join(ROOT, 'wrangler.toml'), prebuiltWorkerDir: outdir, vars }],
    })
    await millrace.listen()
  }, LIMIT_MS)
  afterAll(async () => {
    await millrace.close()
    vendor.close()
  })

  const evaluated = async () => (await millrace.fetch(EVALUATED)).json()

  const send = async (events: number, bytes: number) => {
    const event = {
      type: 'track',
      event: 'Seen',
      userId: 'ada',
      properties: { x: 'x'.repeat(bytes) },
    }
    const body = JSON.stringify({ writeKey: LOCAL_WRITE_KEY, batch: Array(events).fill(event) })
    const { status } = await millrace.fetch('/v1/batch', { method: 'POST', body })
    return status
  }

  it('and requests load no module of the catalogue', { timeout: LIMIT_MS }, async () => {
    expect((await millrace.fetch('/')).status).toBe(200)
    expect(await send(1, 10)).toBe(200)
    expect((await millrace.fetch(`/v1/projects/${LOCAL_WRITE_KEY}/settings`)).status).toBe(200)
    expect(await evaluated()).toEqual([])
  })

  it('but a delivery loads those of its destination', { timeout: LIMIT_MS }, async () => {
    for (let n = 0; n < 3; n += 1) expect(await send(15, 30_000)).toBe(200) // over 1 MiB
    await vi.waitFor(() => expect(vendor.take().length).toBeGreaterThan(0), LIMIT_MS / 2)
    expect(await evaluated()).toEqual(ofWebhook.sort())
    expect(ofWebhook.length).toBeLessThan(20)
  })
})
