import type { Remains } from './check.ts'
import { SHOP } from './platform.ts'

const SAMPLE = 6

/** Events of some persons of the shop, who have one each: found wherever the index keeps them. */
export async function checkUsers({ platform, chunks, userEvents }: Remains): Promise<string[]> {
  const { world } = platform
  const held = chunks
    .filter(({ source }) => source === SHOP)
    .flatMap(({ key, messageIds }) => messageIds.map((id) => ({ key, id })))
  const old = held.slice(0, SAMPLE)
  const some = held.length === 0 ? [] : Array.from({ length: SAMPLE }, () => world.pick(held))
  const violations: string[] = []
  for (const { key, id } of [...old, ...some]) {
    const found = await userEvents(SHOP, `userId:u-${id}`)
    const keys = found.state === 'found' ? found.keys : [found.state]
    if (!keys.includes(key)) violations.push(`events of ${id}: ${keys}, expected ${key}`)
  }
  return violations
}
