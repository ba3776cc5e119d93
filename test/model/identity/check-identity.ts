import { readProfileName } from '../../../durable-objects/identity/external-id.ts'
import { foundersOf } from '../../../durable-objects/identity/pending.ts'
import type { ProfileRecord } from '../../../durable-objects/identity/profile-record.ts'
import type { Memory } from '../../support/identity.ts'
import type { Reference } from './reference.ts'

/** Compares who is who, and every number, with the reference. */
export function checkAgainst(memory: Memory, reference: Reference): string[] {
  const found: string[] = []
  if (memory.lastN !== reference.lastN) {
    found.push(`last number ${memory.lastN}, not ${reference.lastN}`)
  }
  for (const key of memory.ids.keys()) {
    if (!reference.types.has(key)) found.push(`id ${key} is stored, and was implicit`)
  }
  const seen = new Set<string>()
  for (const key of reference.types.keys()) {
    const person = seen.has(key) ? null : reference.person(key)
    if (person === null) continue
    const expected = reference.numberOf(person)
    const size = memory.profiles.get(expected)?.ids.length
    if (size !== person.size) found.push(`profile ${expected} has ${size} ids, not ${person.size}`)
    for (const id of person) {
      seen.add(id)
      const p = memory.ids.get(id)
      if (p !== expected) found.push(`id ${id} in profile ${p}, not ${expected}`)
    }
  }
  for (const record of memory.profiles.values()) found.push(...checkTies(record, reference))
  return found
}

function checkTies({ p, ids, edges, parted }: ProfileRecord, reference: Reference): string[] {
  const person = new Set(ids.map(({ key }) => key))
  const ties = reference.tiesOf(person)
  const numbers = (values: readonly { readonly n: number }[]) =>
    values.map(({ n }) => n).sort((a, b) => a - b)
  const users = ids.filter(({ type }) => type === 'user_id').length
  const kept = reference.parted.filter((pair) => pair.some((key) => person.has(key)))
  const missing = kept.filter((pair) => !parted.some((each) => String(each.pair) === String(pair)))
  const forced = ties.filter(({ isForced }) => isForced).length
  return [
    ...missing.map((pair) => `profile ${p} has forgotten the parted pair ${pair}`),
    ...(users > 1 + forced ? [`profile ${p} has ${users} user ids by ${forced} aliases`] : []),
    ...(String(numbers(edges)) === String(numbers(ties)) ? [] : [`profile ${p} has other links`]),
  ]
}

/** What must hold whatever the events were. */
export function checkAlone(memory: Memory): string[] {
  const found: string[] = []
  for (const record of memory.profiles.values()) found.push(...checkRecord(record, memory))
  for (const { p, founder, into } of memory.moved.values()) {
    const holder = memory.ids.get(founder)
    if (holder === p) found.push(`profile ${p} moved and holds its founding id`)
    let at = into
    for (let hops = 0; memory.moved.has(at) && hops < 100; hops += 1) {
      at = memory.moved.get(at)?.into ?? 0
    }
    if (at !== holder) found.push(`profile ${p} leads to ${at}, its founding id is in ${holder}`)
  }
  for (const [at, { n, kind, winner, loser }] of memory.journal.entries()) {
    if (n !== at + 1) found.push(`journal entry ${at + 1} has the number ${n}`)
    if (kind === 'attach') continue
    for (const name of [winner, loser ?? '']) {
      const p = memory.ids.get(readProfileName(name)?.key ?? '')
      const isPending = memory.profiles.get(p ?? 0)?.pending.some((each) => each.n === n)
      if (!isPending) found.push(`${kind} ${n} is not pending at profile ${p}, which has ${name}`)
    }
  }
  return found
}

function checkRecord(record: ProfileRecord, memory: Memory): string[] {
  const { p, founder, ids, edges, formers, parted, pending } = record
  const keys = new Set(ids.map(({ key }) => key))
  const isOfJournal = edges.every(({ n, isMerge, carrier, brought }) => {
    const link = memory.journal[n - 1]
    const kind = isMerge ? 'merge' : 'attach'
    return link?.kind === kind && link.carrier === carrier && link.brought === brought
  })
  const checks: [string, boolean][] = [
    ['ids are in the table', ids.every(({ key }) => memory.ids.get(key) === p)],
    ['has its founding id', keys.has(founder)],
    ['has the founding ids of its formers', formers.every((each) => keys.has(each.founder))],
    ['formers are stored as moved', formers.every((each) => memory.moved.has(each.p))],
    ['links are a tree', edges.length === ids.length - 1],
    ['links hold its own ids', edges.every((e) => keys.has(e.carrier) && keys.has(e.brought))],
    ['links are in the journal', isOfJournal],
    [
      'holds one id of each parted pair',
      parted.every(({ pair }) => pair.filter((k) => keys.has(k)).length === 1),
    ],
    ['pending names it', pending.every((each) => foundersOf(each).some((key) => keys.has(key)))],
    [
      'links of ids are of the journal',
      ids.every(({ link }) => memory.journal[link - 1]?.n === link),
    ],
  ]
  return checks.filter(([, holds]) => !holds).map(([what]) => `not so of profile ${p}: ${what}`)
}
