import { findViolations } from './check.ts'
import { Clients } from './clients.ts'
import { installWorld } from './install-world.ts'
import { Platform, type Product } from './platform.ts'
import { Schedule } from './schedule.ts'
import { World } from './world.ts'

const MAX_STEPS = 60

/** What a schedule showed: what was promised and not kept, and the events on the way there. */
export interface Outcome {
  readonly seed: number
  readonly violations: readonly string[]
  readonly trace: readonly string[]
}

/** What happens in a schedule, until all is well again. */
export type Play = (platform: Platform, clients: Clients) => Promise<void>

const playAnything: Play = (platform, clients) =>
  new Schedule(platform, clients).run(platform.world.between(5, MAX_STEPS))

/** Runs the schedule of a seed against a product, on a clock and with dice of its own. */
export async function runSchedule(
  product: Product,
  seed: number,
  play: Play = playAnything,
): Promise<Outcome> {
  const world = new World(seed)
  const uninstall = installWorld(world)
  const platform = new Platform(world, product)
  try {
    const clients = new Clients(platform)
    await play(platform, clients)
    const violations = await findViolations(platform, clients)
    return { seed, violations, trace: world.trace }
  } catch (error) {
    return { seed, violations: [String(error)], trace: world.trace }
  } finally {
    platform.close()
    uninstall()
  }
}
