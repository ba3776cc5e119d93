import { twin } from './twin.ts'

type AskModule = typeof import('../../../durable-objects/intake/ask-unverified.ts')
type AlarmModule = typeof import('../../../durable-objects/intake/next-alarm.ts')
type ArchiveModule = typeof import('../../../durable-objects/intake/archive-chunk.ts')
type StoreModule = typeof import('../../../durable-objects/intake/intake-store.ts')
type SweepModule = typeof import('../../../durable-objects/intake/sweep-spool.ts')
type WithinModule = typeof import('../../../durable-objects/within.ts')

export const rowDeletedBeforeItsPut = twin<ArchiveModule>(
  'log row deleted before its own put',
  'durable-objects/intake/archive-chunk.ts',
  ({ archiveChunk }) => ({
    archiveChunk: async (...given) => {
      void archiveChunk(...given).catch(() => {})
    },
  }),
)

export const contentNotFixed = twin<StoreModule>(
  'chunk content not fixed by its plan',
  'durable-objects/intake/intake-store.ts',
  ({ IntakeStore }) => ({
    IntakeStore: class extends IntakeStore {
      override readCommits(from: number) {
        return super.readCommits(from, Number.MAX_SAFE_INTEGER)
      }
    },
  }),
)

export const alarmNotBroughtForward = twin<AlarmModule>(
  'alarm not brought forward',
  'durable-objects/intake/next-alarm.ts',
  ({ nextAlarmMs }) => ({
    nextAlarmMs: (needs) => {
      const stands = needs.sealRunAtMs !== null || needs.forgetAtMs !== null
      return nextAlarmMs(stands ? { ...needs, oldestPendingAtMs: null } : needs)
    },
  }),
)

export const chunkForgottenByAlarm = twin<AlarmModule>(
  'chunk under way forgotten by the alarm',
  'durable-objects/intake/next-alarm.ts',
  ({ nextAlarmMs }) => ({
    nextAlarmMs: (needs) => nextAlarmMs({ ...needs, workAtMs: null }),
  }),
)

export const runsDroppedBeforeTheirPut = twin<WithinModule>(
  'runs dropped from SQLite before their put was confirmed',
  'durable-objects/within.ts',
  ({ within }) => ({
    within: async (limitMs, what, work) => {
      if (!what.startsWith('put of index/')) return within(limitMs, what, work)
      work.catch(() => {})
      return undefined as Awaited<typeof work> // nobody reads what a put answers
    },
  }),
)

export const runsDroppedTooEarly = twin<SweepModule>(
  'runs dropped before the spool was seen empty',
  'durable-objects/intake/sweep-spool.ts',
  ({ sweepSpool }) => ({ sweepSpool: (parts) => sweepSpool(parts).catch(() => true) }),
)

export const unverifiedNotAsked = twin<AskModule>(
  'runs dropped while events wait under unknown keys',
  'durable-objects/intake/ask-unverified.ts',
  () => ({ isForwarded: async () => true }),
)
