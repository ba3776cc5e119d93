import { env } from 'cloudflare:workers'
import type { ExternalId } from '../../durable-objects/identity/external-id.ts'
import { makeKey } from '../../durable-objects/identity/make-key.ts'
import type { News } from '../../durable-objects/profile/news.ts'
import { openProfile } from '../../durable-objects/profile/open-profile.ts'
import type { Json } from '../../durable-objects/workspace/snapshot.ts'
import { drive } from '../../worker/profile-api/drive.ts'

let told = 0

/** Tells the real Identity and Profile of one event, as the consumer does. */
export async function tell(
  ids: readonly ExternalId[],
  traits: { readonly [name: string]: Json } = {},
): Promise<void> {
  told += 1
  const identity = env.IDENTITY.getByName('default')
  const { secret } = await identity.space()
  const keyed = ids.map((id) => ({ ...id, key: makeKey(secret, 'users', id) }))
  const stamp = { atMs: Date.now(), messageId: `m${told}`, source: 'shop' }
  const set = { ids: keyed, isMemorable: true, isPublic: true, previous: null, ...stamp }
  const { resolutions, pending } = await identity.resolve([set])
  await drive(env, pending)
  const [resolution] = resolutions
  if (!resolution?.profile) throw new Error('the event is nobody’s')
  const held = keyed.flatMap((id) => {
    const link = resolution.ids.find(({ key }) => key === id.key)?.link
    return link === undefined ? [] : [{ ...id, ...stamp, link }]
  })
  const by = held[0]?.key ?? ''
  const news: News = {
    profile: resolution.profile.name,
    collection: 'users',
    ids: held,
    traits: Object.entries(traits).map(([name, value]) => ({ by, name, value, ...stamp })),
    groups: [],
    consents: [],
  }
  const profile = openProfile(env, news.profile) as unknown as {
    apply(news: News): Promise<unknown>
  } // as in openProfile
  await profile.apply(news)
}
