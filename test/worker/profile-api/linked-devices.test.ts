import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { fixedWorkspace } from '../../../durable-objects/workspace/fixed-workspace.ts'
import { SettledIds } from '../../../queues/profiles/settled-ids.ts'
import { openSpace } from '../../../queues/profiles/space.ts'
import { resolvePeople } from '../../../queues/profiles.ts'
import { parseDeployment } from '../../../worker/deployment.ts'
import { localApp } from '../../support/app.ts'
import { basic, type Page, PROFILES } from '../../support/profile-reader.ts'

const BASE = 'http://127.0.0.1:8787'
const WRITE_KEY = 'local-write-key-0000000000000000'
/** The tests' Intakes seal after 60 s, six times as long on a quiet source (test/vitest.config.ts). */
const SEAL_MS = 361_000
let pointers: unknown[]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2046-11-25T12:00:00Z') })
  pointers = []
  const metadata = { metrics: { backlogCount: 0, backlogBytes: 0 } }
  vi.spyOn(env.DELIVERIES, 'sendBatch').mockResolvedValue({ metadata })
  vi.spyOn(env.PROFILES, 'sendBatch').mockImplementation(async (messages) => {
    for (const { body } of messages) pointers.push(body)
    return { metadata }
  })
})
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await reset()
})

const send = (...batch: object[]) =>
  localApp(`${BASE}/v1/batch`, {
    method: 'POST',
    body: JSON.stringify({ writeKey: WRITE_KEY, batch }),
  })
const read = async (path: string): Promise<Page> => {
  const headers = basic('local-admin-token')
  return (await localApp(`${BASE}${PROFILES}/${path}`, { headers })).json()
}

/** Seals what was sent, and lets the consumer of `profiles` have it. */
async function settle(): Promise<void> {
  vi.setSystemTime(Date.now() + SEAL_MS)
  await env.INTAKE.getByName('local-website:any:0').nudge()
  const variables = { LOCAL: 'true', SEAL_SECONDS: 5, LEASE_SECONDS: 90, WAKE_SECONDS: 300 }
  const workspace = fixedWorkspace(parseDeployment(variables))
  const messages = pointers.splice(0).map((body, index) => ({
    id: `message-${index}`,
    timestamp: new Date(),
    attempts: 1,
    body,
    ack: () => {},
    retry: () => {},
  }))
  expect(messages.length).toBeGreaterThan(0)
  const batch = { queue: 'millrace-profiles', messages } as unknown as MessageBatch // all that is used
  await resolvePeople(batch, { env, workspace, space: openSpace(env), memory: new SettledIds() })
}

const view = (anonymousId: string, messageId: string) => ({
  type: 'page',
  name: 'Home',
  anonymousId,
  messageId,
})
const identify = (anonymousId: string, traits = {}) => ({
  type: 'identify',
  userId: 'ada',
  anonymousId,
  messageId: `identify ${anonymousId}`,
  traits,
})

it('a profile shows an identify once it is settled, and what each linked device did before', async () => {
  await send(view('phone', 'p1'), view('phone', 'p2'), view('laptop', 'l1'), view('tablet', 't1'))
  await settle()
  await send(identify('phone', { plan: 'free' }), view('phone', 'p3'))
  await settle()
  await send(identify('laptop', { plan: 'pro' }))
  await settle()
  const { traits } = await read('user_id:ada/traits')
  expect(traits).toEqual({ plan: 'pro' })
  const { data: ids } = await read('anonymous_id:laptop/external_ids')
  expect(ids.map(({ type, id }) => [type, id])).toEqual([
    ['anonymous_id', 'laptop'],
    ['anonymous_id', 'phone'],
    ['user_id', 'ada'],
  ])
  const { data: events } = await read('user_id:ada/events?limit=100')
  const shown = ['identify laptop', 'identify phone', 'l1', 'p1', 'p2', 'p3']
  expect(events.map(({ message_id }) => message_id).sort()).toEqual(shown)
  const { metadata } = await read('user_id:ada/metadata')
  expect(metadata).toMatchObject({ last_message_id: 'identify laptop' })
})
