import type { IdRecord, ProfileState } from '../../../durable-objects/profile/profile-state.ts'
import { type Twin, twin } from '../faults/twin.ts'

type ApplyModule = typeof import('../../../durable-objects/profile/apply-news.ts')
type DriveModule = typeof import('../../../durable-objects/identity/drive-pending.ts')
type MovesModule = typeof import('../../../durable-objects/profile/moves.ts')
type RowModule = typeof import('../../../durable-objects/profile/state-row.ts')

const APPLY = 'durable-objects/profile/apply-news.ts'
const DRIVE = 'durable-objects/identity/drive-pending.ts'
const MOVES = 'durable-objects/profile/moves.ts'
const ROW = 'durable-objects/profile/state-row.ts'

/** A state with another record of each id. */
const withRecords = (
  state: ProfileState,
  change: (record: IdRecord) => IdRecord | null,
): ProfileState => {
  const ids = [...state.ids].flatMap(([key, record]): [string, IdRecord][] => {
    const changed = change(record)
    return changed === null ? [] : [[key, changed]]
  })
  return { ...state, ids: new Map(ids) }
}
const isHere = ({ place }: IdRecord) => place.to === null

/** Every fault of the protocol that the model must find. */
export const PLANTED: readonly Twin[] = [
  twin<ApplyModule>('the loser answers as if it had not been handed over', APPLY, (actual) => ({
    applyNews: (before, news, bytes) => {
      const isMove = (n: number) => before.moves.some((move) => move.n === n)
      const back = (record: IdRecord) =>
        isMove(record.place.n) ? { ...record, place: { n: record.place.n, to: null } } : record
      const blind = { ...withRecords(before, back), moves: [], revivedBy: 0 }
      const { state, applied } = actual.applyNews(blind, news, bytes)
      if (state === blind) return { state: before, applied }
      return { state: { ...state, moves: before.moves, revivedBy: before.revivedBy }, applied }
    },
  })),
  twin<MovesModule>('a hand-over is answered once only', MOVES, ({ handOver }) => ({
    handOver: (before, merge) => {
      const isKnown = before.moves.some(({ n }) => n === merge.n)
      return isKnown ? { state: before, given: [] } : handOver(before, merge)
    },
  })),
  twin<MovesModule>('what a moved profile is told to take is swallowed', MOVES, ({ receive }) => ({
    receive: (before, given) => {
      const { state, onward } = receive(before, given)
      return { state, onward: onward.filter(({ n }) => before.moves.every((move) => move.n !== n)) }
    },
  })),
  twin<MovesModule>('no second look after the hand-over', MOVES, ({ receive }) => ({
    receive: (before, given) => {
      const { state, onward } = receive({ ...before, moves: [] }, given)
      return { state: { ...state, moves: before.moves }, onward }
    },
  })),
  twin<MovesModule>('the rejoin is forgotten', MOVES, ({ part }) => ({
    part: (before, given) => ({ ...part(before, given), outbox: before.outbox }),
  })),
  twin<RowModule>('the outbox is not stored', ROW, ({ encodeState }) => ({
    encodeState: (state) => encodeState({ ...state, outbox: [] }),
  })),
  twin<MovesModule>('a late hand-over takes what a part brought back', MOVES, ({ handOver }) => ({
    handOver: (before, merge) => {
      const late = (record: IdRecord) =>
        isHere(record) ? { ...record, place: { n: 0, to: null } } : record
      return handOver(withRecords(before, late), merge)
    },
  })),
  twin<MovesModule>('a late merge takes what was parted', MOVES, ({ receive }) => ({
    receive: (before, given) => {
      const isParted = ({ place }: IdRecord) => before.moves.every(({ n }) => n !== place.n)
      const known = withRecords(before, (record) =>
        !isHere(record) && isParted(record) ? null : record,
      )
      const { state, onward } = receive(known, given)
      if (state === known) return { state: before, onward }
      return { state: { ...state, ids: new Map([...before.ids, ...state.ids]) }, onward }
    },
  })),
  twin<ApplyModule>('a profile takes news of ids that are not its own', APPLY, (actual) => ({
    applyNews: (before, news, bytes) => {
      const known = withRecords(before, (record) => (isHere(record) ? record : null))
      const { state, applied } = actual.applyNews(known, news, bytes)
      if (state === known) return { state: before, applied }
      return { state: { ...state, ids: new Map([...before.ids, ...state.ids]) }, applied }
    },
  })),
  twin<DriveModule>('what is pending is driven in no order', DRIVE, ({ drivePending }) => ({
    drivePending: async (pending, verbs) => {
      const alone = [...pending].reverse().map((each) => drivePending([each], verbs))
      return (await Promise.all(alone)).flat()
    },
  })),
  twin<DriveModule>('a merge is done before it is told', DRIVE, ({ drivePending }) => ({
    drivePending: (pending, verbs) =>
      drivePending(pending, {
        ...verbs,
        absorb: async (winner, merge) => {
          await verbs.done(merge.n)
          await verbs.absorb(winner, merge)
        },
      }),
  })),
]
