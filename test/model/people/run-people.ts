import { installWorld } from '../install-world.ts'
import type { Outcome } from '../run-schedule.ts'
import { World } from '../world.ts'
import { checkPeople, findUntold } from './check-people.ts'
import type { PeopleProduct } from './load-people.ts'
import { PeoplePlatform } from './people-platform.ts'
import { PeopleSchedule } from './people-schedule.ts'

const MAX_STEPS = 20

/** Runs the schedule of a seed: chunks, consumers, undoings, in whatever weather. */
export async function runPeople(product: PeopleProduct, seed: number): Promise<Outcome> {
  const world = new World(seed)
  const uninstall = installWorld(world)
  const platform = new PeoplePlatform(world, product)
  try {
    const schedule = new PeopleSchedule(platform)
    await schedule.run(world.between(4, MAX_STEPS))
    const violations = await checkPeople(platform, schedule.events)
    if (schedule.left > 0) violations.push(`${schedule.left} chunks were never settled`)
    // A chunk that was settled and came again may have left links that its last reply did not tell.
    await schedule.replay()
    violations.push(...(await checkPeople(platform, schedule.events)))
    violations.push(...(await findUntold(platform)))
    return { seed, violations, trace: world.trace }
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { seed, violations: [why], trace: world.trace }
  } finally {
    platform.close()
    uninstall()
  }
}
