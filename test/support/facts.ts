import type { RequestFacts } from '../../worker/event/request-facts.ts'
import type { Stamp } from '../../worker/event/stamp.ts'

/** A server's request of which nothing is known, but for what is given. */
export const facts = (known: Partial<RequestFacts> = {}): RequestFacts => ({
  isClientPath: false,
  ip: null,
  userAgent: null,
  edge: null,
  automation: null,
  ...known,
})

/** A stamp of noon, but for what is given. */
export const stampOf = (known: Partial<Stamp> = {}): Stamp => ({
  receivedAt: new Date('2026-11-25T12:00:00.000Z'),
  sentAt: undefined,
  newMessageId: () => 'new-id',
  facts: facts(),
  ipPolicy: 'keep',
  ...known,
})
