import { describe, expect, it } from 'vitest'
import { drivePending, type PendingVerbs } from '../../../durable-objects/identity/drive-pending.ts'
import type { Pending } from '../../../durable-objects/identity/protocol.ts'

const merge = (n: number, winner: string, loser: string): Pending => ({
  kind: 'merge',
  n,
  winner,
  loser,
})
const part = (n: number, from: string, to: string): Pending => ({
  kind: 'part',
  n,
  from,
  to,
  ids: [`id of ${to}`],
})

/** Verbs that write down what they are told, and fail at some numbers. */
function recorder(failing: readonly number[] = []) {
  const told: string[] = []
  const tell = async (n: number, what: string) => {
    told.push(what)
    if (failing.includes(n)) throw new Error(`${n} fails`)
  }
  const verbs: PendingVerbs = {
    absorb: (winner, { n, loser }) => tell(n, `${winner} absorbs ${loser}`),
    part: (from, { n, ids, to }) => tell(n, `${from} parts with ${ids} to ${to}`),
    done: async (n) => void told.push(`done ${n}`),
  }
  return { told, verbs }
}

describe('driving what is pending', () => {
  it('tells the profile, then Identity', async () => {
    const { told, verbs } = recorder()
    expect(await drivePending([merge(5, 'u', 'a'), part(7, 'u', 'a')], verbs)).toEqual([])
    expect(told).toEqual(['u absorbs a', 'done 5', 'u parts with id of a to a', 'done 7'])
  })

  it('goes by number among those that share a profile, however they are named', async () => {
    const { told, verbs } = recorder()
    await drivePending([merge(9, 'w', 'x'), part(8, 'x', 'y'), merge(6, 'y', 'z')], verbs)
    expect(told.filter((each) => each.startsWith('done'))).toEqual(['done 6', 'done 8', 'done 9'])
  })

  it('leaves what fails and what waits for it, and nothing else', async () => {
    const { told, verbs } = recorder([5])
    const left = await drivePending(
      [merge(5, 'u', 'a'), part(7, 'u', 'b'), merge(6, 'x', 'y')],
      verbs,
    )
    expect(left.map(({ pending }) => pending.n)).toEqual([5, 7])
    expect(left[0]?.error).toEqual(new Error('5 fails'))
    expect(told).toContain('done 6')
    expect(told).not.toContain('done 5')
  })

  it('leaves what Identity could not be told', async () => {
    const { verbs } = recorder()
    const done = () => Promise.reject(new Error('lost'))
    const left = await drivePending([merge(5, 'u', 'a')], { ...verbs, done })
    expect(left.map(({ pending }) => pending.n)).toEqual([5])
  })
})
