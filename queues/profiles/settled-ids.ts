import type { IdKey, ProfileName } from '../../durable-objects/identity/external-id.ts'
import type { IdSet, Resolution } from '../../durable-objects/identity/protocol.ts'

const REMEMBER_MS = 60_000
/** At some 200 bytes each: 10 MB of an isolate's 128. */
const MAX_KEYS = 50_000

interface Settled {
  readonly profile: ProfileName
  readonly isImplicit: boolean
  readonly link: number
  readonly untilMs: number
}

/** Ids that Identity has placed and whose profile has been told, for a minute: an isolate's memory. */
export class SettledIds {
  readonly #byKey = new Map<IdKey, Settled>()

  /** Where a set belongs if it brings nothing new; null if Identity has to be asked. */
  recall({ ids, previous, isMemorable }: IdSet, nowMs: number): Resolution | null {
    const [first] = ids.map(({ key }) => this.#byKey.get(key))
    if (first === undefined || previous !== null) return null
    const held: { key: IdKey; type: string; link: number }[] = []
    for (const { key, type } of ids) {
      const settled = this.#byKey.get(key)
      if (settled === undefined || settled.untilMs <= nowMs) return null
      if (settled.profile !== first.profile || settled.isImplicit !== first.isImplicit) return null
      held.push({ key, type, link: settled.link })
    }
    const { profile: name, isImplicit } = first
    if (isImplicit && (isMemorable || ids.length > 1)) return null
    return {
      profile: { name, isImplicit },
      ids: isImplicit ? [] : held,
      demoted: [],
      refused: null,
    }
  }

  /** To be called when the profile knows its ids. */
  remember({ ids }: IdSet, { profile, ids: held }: Resolution, nowMs: number): void {
    if (profile === null) return
    const untilMs = nowMs + REMEMBER_MS
    const { name, isImplicit } = profile
    const placed = isImplicit ? ids.slice(0, 1).map(({ key }) => ({ key, link: 0 })) : held
    for (const { key, link } of placed) {
      this.#byKey.delete(key) // the newest come last
      this.#byKey.set(key, { profile: name, isImplicit, link, untilMs })
    }
    this.#shrink()
  }

  /** To be called when a profile knew better. */
  forget(keys: Iterable<IdKey>): void {
    for (const key of keys) this.#byKey.delete(key)
  }

  #shrink(): void {
    for (const key of this.#byKey.keys()) {
      if (this.#byKey.size <= MAX_KEYS) return
      this.#byKey.delete(key)
    }
  }
}
