import type { Clients } from './clients.ts'
import { INTAKES, type Platform } from './platform.ts'
import { FAIR_WEATHER } from './world.ts'

const MINUTE_MS = 60_000
const OUTAGE_MINUTES = 130
/** In the last hour nothing at all can be put. */
const SPOOL_MINUTES = 90
/** So small a log takes some ten groups of the spool a minute, which is how often it is swept. */
const DRAIN_MS = 60 * MINUTE_MS
const PADDING = 5_000

/** R2 takes no chunk for hours, until the log is full; then no spooled group either; then all again. */
export async function playFull(platform: Platform, clients: Clients): Promise<void> {
  const { world } = platform
  const cron = () => {
    void platform.product.sweepSpools(platform.env())
    world.at(world.nowMs + MINUTE_MS, cron)
  }
  cron()
  const refused = { fail: 0.7, hang: 1 }
  for (let minute = 0; minute < OUTAGE_MINUTES; minute += 1) {
    const spool = minute < SPOOL_MINUTES ? {} : refused
    world.weather = { ...FAIR_WEATHER, calls: { put: refused, spool } }
    void clients.send([clients.toShop([clients.newItem(), clients.newItem()], PADDING)])
    if (world.chance(0.05)) platform.object(`intake ${world.pick(INTAKES)}`).kill('a restart')
    await world.advance(world.between(MINUTE_MS / 2, MINUTE_MS))
  }
  world.weather = FAIR_WEATHER
  await world.advance(DRAIN_MS)
  for (const intake of INTAKES) {
    for (const sent of clients.repeatable(intake)) void clients.send([sent])
  }
  await world.advance(DRAIN_MS)
}
