import type { IdKey, ProfileName } from '../identity/external-id.ts'
import { SPACE } from '../workspace/snapshot.ts'
import type { Applied, News, ProfileRead } from './news.ts'
import type { CarriedId, Parcel } from './profile-state.ts'

/** A numbered merge, as its winner is told of it. */
export interface Merge {
  readonly n: number
  readonly loser: ProfileName
}

/** A numbered part, as the profile is told of it that gives the ids away. */
export interface Parted {
  readonly n: number
  readonly ids: readonly IdKey[]
  readonly to: ProfileName
}

/** What a Profile is asked by consumers, by request code and by other profiles. */
export interface ProfileCalls {
  apply(news: News): Promise<Applied>
  read(): Promise<ProfileRead>
  absorb(merge: Merge): Promise<void>
  part(parted: Parted): Promise<void>
  handOver(merge: {
    readonly n: number
    readonly winner: ProfileName
  }): Promise<readonly CarriedId[]>
  rejoin(given: {
    readonly n: number
    readonly ids: readonly CarriedId[]
  }): Promise<readonly Parcel[]>
}

/** A profile of a space. */
export function openProfile(env: Env, name: ProfileName, space: string = SPACE): ProfileCalls {
  const stub = env.PROFILE.getByName(`${space}:${name}`)
  return stub as unknown as ProfileCalls // the stub's own type gives up at a value that nests
}
