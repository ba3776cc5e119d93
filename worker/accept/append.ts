import { waitUntil } from 'cloudflare:workers'
import { type Appended, type Group, pollMs, WaitingList } from './waiting-list.ts'
import { type Append, writeGroup } from './write-group.ts'

/** By the name of the Intake: as many as there are sources. */
const lists = new Map<string, WaitingList>()

/**
 * Puts the segments of a request on disk. A request that finds no other of this isolate on the way to
 * the same Intake sends at once; those that come meanwhile share the next call.
 */
export async function appendSegments(env: Env, append: Append): Promise<Appended> {
  const list = listOf(append.intake)
  const entry = list.join(append, Date.now())
  for (let polls = 0; ; polls += 1) {
    const step = list.step(entry, Date.now())
    switch (step.kind) {
      case 'answer':
        return step.appended
      case 'lead': {
        const sending = send(env, append.intake, step.group)
        waitUntil(sending) // others wait for it, even if this request's client hangs up
        if (step.group.entries.includes(entry)) await sending
        break
      }
      case 'wait':
        await scheduler.wait(pollMs(polls))
    }
  }
}

async function send(env: Env, intake: string, group: Group): Promise<void> {
  const segments = group.entries.flatMap((entry) => entry.segments)
  const isUrgent = group.entries.some((entry) => entry.isUrgent)
  listOf(intake).settle(group, await writeGroup(env, { intake, segments, isUrgent }))
}

function listOf(intake: string): WaitingList {
  const list = lists.get(intake) ?? new WaitingList()
  lists.set(intake, list)
  return list
}
