import type { Left } from '../../durable-objects/identity/drive-pending.ts'
import {
  type IdKey,
  nameProfile,
  type ProfileName,
} from '../../durable-objects/identity/external-id.ts'
import { DEFAULT_POLICY } from '../../durable-objects/identity/policy.ts'
import type { IdSet, Pending, Resolution } from '../../durable-objects/identity/protocol.ts'
import type { Applied, News } from '../../durable-objects/profile/news.ts'
import type { Space } from '../../queues/profiles/space.ts'
import { SPACE_SECRET } from './said.ts'

/** A space that never merges: a profile is that of the first id of its first event. A test makes it fail. */
export class FakeSpace implements Space {
  /** All calls, in order. */
  readonly asked: (readonly IdSet[])[] = []
  readonly told: News[] = []
  pending: readonly Pending[] = []
  left: readonly Left[] = []
  answer: (news: News) => Applied = () => ({ state: 'applied' })
  isDown = false
  readonly #held = new Map<IdKey, { readonly name: ProfileName; readonly link: number }>()

  readonly facts = async () => ({ secret: SPACE_SECRET, policy: DEFAULT_POLICY })

  readonly resolve = async (sets: readonly IdSet[]) => {
    if (this.isDown) throw new TypeError('Identity does not answer')
    this.asked.push(sets)
    return { resolutions: sets.map((set) => this.#place(set)), pending: this.pending }
  }

  readonly apply = async (news: News) => {
    const applied = this.answer(news)
    this.told.push(news)
    return applied
  }

  readonly drive = async () => this.left

  #place({ ids, isMemorable }: IdSet): Resolution {
    const [first] = ids
    if (first === undefined) return { profile: null, ids: [], demoted: [], refused: null }
    const known = ids.map(({ key }) => this.#held.get(key)).find((held) => held !== undefined)
    const name = known?.name ?? nameProfile(first.key)
    if (known === undefined && ids.length === 1 && !isMemorable) {
      return { profile: { name, isImplicit: true }, ids: [], demoted: [], refused: null }
    }
    const held = ids.map(({ key, type }) => {
      const { link } = this.#held.get(key) ?? { link: this.#held.size + 1 }
      this.#held.set(key, { name, link })
      return { key, type, link }
    })
    return { profile: { name, isImplicit: false }, ids: held, demoted: [], refused: null }
  }
}
