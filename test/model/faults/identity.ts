import { twin } from './twin.ts'

type GraphModule = typeof import('../../../durable-objects/identity/graph.ts')
type ProtectionModule = typeof import('../../../durable-objects/identity/protection.ts')
type ResolveModule = typeof import('../../../durable-objects/identity/resolve.ts')
type UndoModule = typeof import('../../../durable-objects/identity/undo.ts')

const limitOfOneSide = twin<ProtectionModule>(
  'limits checked on one side only',
  'durable-objects/identity/protection.ts',
  ({ isTooMuch }) => ({
    isTooMuch: ({ profiles, ...rest }) => isTooMuch({ ...rest, profiles: profiles.slice(0, 1) }),
  }),
)

const demotedNotRestored = twin<ResolveModule>(
  'lowest-priority id not restored after a refusal',
  'durable-objects/identity/resolve.ts',
  ({ resolve }) => ({
    resolve: (state, sets, policy) => {
      const { changes, ...resolved } = resolve(state, sets, policy)
      const ids = new Map(changes.ids)
      for (const { demoted, ids: held } of resolved.resolutions) {
        const p = ids.get(held[0]?.key ?? '') ?? state.ids.get(held[0]?.key ?? '')
        for (const key of demoted) if (p !== undefined && state.ids.has(key)) ids.set(key, p)
      }
      return { ...resolved, changes: { ...changes, ids } }
    },
  }),
)

const partedForgotten = twin<GraphModule>(
  'parted pair forgotten by the merge that follows',
  'durable-objects/identity/graph.ts',
  ({ Graph }) => ({
    Graph: class extends Graph {
      override merge(...given: Parameters<InstanceType<typeof Graph>['merge']>) {
        const [winner] = given
        const parted = [...winner.parted]
        super.merge(...given)
        winner.parted = parted
      }
    },
  }),
)

const mergeWithoutJournal = twin<GraphModule>(
  'merge without journal',
  'durable-objects/identity/graph.ts',
  ({ Graph }) => ({
    Graph: class extends Graph {
      override journal(...given: Parameters<InstanceType<typeof Graph>['journal']>) {
        if (given[0].kind !== 'merge') super.journal(...given)
      }
    },
  }),
)

const formersLeftBehind = twin<UndoModule>(
  'number not pointed anew by an undoing',
  'durable-objects/identity/undo.ts',
  ({ unmerge }) => ({
    unmerge: (state, undo) => {
      const { answer, changes } = unmerge(state, undo)
      return { answer, changes: { ...changes, moved: [] } }
    },
  }),
)

/** Faults of Identity that the comparison with the reference must find. */
export const PLANTED_IN_IDENTITY = [
  limitOfOneSide,
  demotedNotRestored,
  partedForgotten,
  mergeWithoutJournal,
  formersLeftBehind,
]
