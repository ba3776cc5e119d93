import type { Context } from 'hono'
import { hashText, randomHash } from '../../durable-objects/hash-text.ts'
import { intakeName } from '../../durable-objects/workspace/intake-name.ts'
import { UNVERIFIED } from '../../durable-objects/workspace/snapshot.ts'
import type { AppEnv } from '../app-env.ts'
import type { DiscardReason } from '../event/discard.ts'
import type { Envelope, Item } from '../event/envelope.ts'
import { type IpPolicy, truncateIp } from '../event/ip-policy.ts'
import { packItems, packUnverified } from '../event/pack.ts'
import type { RequestFacts } from '../event/request-facts.ts'
import type { Hash } from '../event/segment.ts'
import { readSentAt } from '../event/stamp.ts'
import type { Admission } from './admit.ts'
import { appendSegments } from './append.ts'
import { isUnknownWithin } from './limit.ts'
import type { Appended } from './waiting-list.ts'

/** A request whose body was read and whose write key is plausible. */
export interface Collectable {
  readonly writeKey: string
  readonly envelope: Pick<Envelope, 'items' | 'sentAt'>
  readonly receivedAt: Date
  readonly facts: RequestFacts
  /** A person waits for the answer: nothing is gathered before it is written. */
  readonly isUrgent?: boolean
}

/** Puts the items of a request on disk, with their source if it is known, else with `unverified`. */
export async function collect(
  c: Context<AppEnv>,
  admission: Exclude<Admission, { kind: 'limited' }>,
  request: Collectable,
): Promise<Appended> {
  const { id, segments } = pack(admission, request)
  const isUrgent = request.isUrgent ?? false
  return appendSegments(c.env, { intake: intakeName(id), segments, isUrgent })
}

function pack(
  admission: Exclude<Admission, { kind: 'limited' }>,
  request: Collectable,
): { readonly id: string; readonly segments: readonly Uint8Array[] } {
  switch (admission.kind) {
    case 'known': {
      const { source } = admission
      const { items } = request.envelope
      const admitted = source.enabled ? items : discardAll(items, 'source_disabled')
      return { id: source.id, segments: packFor(source, { ...request, items: admitted }) }
    }
    case 'foreign': {
      const items = discardAll(request.envelope.items, 'unknown_source')
      return { id: UNVERIFIED, segments: packFor(NOBODY, { ...request, items }) }
    }
    case 'unverified':
      return { id: UNVERIFIED, segments: packUnknown(request) }
  }
}

/** Counts something that is nobody's event, with its reason, within the budget for such requests. */
export async function countDiscard(
  c: Context<AppEnv>,
  reason: DiscardReason,
): Promise<Appended | 'limited'> {
  if (!(await isUnknownWithin(c))) return 'limited'
  const items: Item[] = [{ kind: 'discard', reason, value: null }]
  const envelope = { items, sentAt: undefined }
  const request = { writeKey: '', envelope, receivedAt: new Date(), facts: NO_FACTS }
  const segments = packFor(NOBODY, { ...request, items })
  return appendSegments(c.env, { intake: intakeName(UNVERIFIED), segments, isUrgent: false })
}

interface Owner {
  readonly id: string
  readonly ipPolicy: IpPolicy
}

const NOBODY: Owner = { id: UNVERIFIED, ipPolicy: 'drop' }

const NO_FACTS: RequestFacts = {
  isClientPath: false,
  ip: null,
  userAgent: null,
  edge: null,
  automation: null,
}

function packFor({ id, ipPolicy }: Owner, request: Collectable & { items: readonly Item[] }) {
  const { receivedAt, facts, envelope, items } = request
  const newMessageId = () => crypto.randomUUID()
  return packItems(items, {
    source: id,
    stamp: { receivedAt, sentAt: envelope.sentAt, facts, ipPolicy, newMessageId },
    hash: remember(hashText),
    newSegmentId: randomHash,
  })
}

/** Most events of a request are of one person. */
function remember(hash: (text: string) => Hash): (text: string) => Hash {
  const known = new Map<string, Hash>()
  return (text) => {
    const found = known.get(text) ?? hash(text)
    known.set(text, found)
    return found
  }
}

/** The address goes along cut to its network: whether the source wants even that is not known yet. */
function packUnknown({ writeKey, envelope, receivedAt, facts }: Collectable): Uint8Array[] {
  const ip = facts.ip === null ? null : truncateIp(facts.ip)
  return packUnverified(envelope.items, {
    source: UNVERIFIED,
    receivedAt,
    unverified: {
      writeKey,
      sentAt: readSentAt(envelope.sentAt) ?? null,
      facts: { ...facts, ip },
    },
    newMessageId: () => crypto.randomUUID(),
    newSegmentId: randomHash,
  })
}

function discardAll(items: readonly Item[], reason: DiscardReason): Item[] {
  return items.map((item) =>
    item.kind === 'event' ? { kind: 'discard', reason, value: item.event } : item,
  )
}
