import { bundleWorker } from '../bundle-worker.ts'

/** The three Workers of the bench: the product, what it is compared with, the product's Intake alone. */
export type DesignName = 'ours' | 'naive' | 'growth'

const ENTRIES: Readonly<Record<DesignName, string>> = {
  ours: `
import { observe } from './bench/worker/speed/observed-worker.ts'
import * as product from './worker/index.ts'
export const { Destination, Identity, Intake, Profile } = product
export default observe(product.default)`,
  naive: `
import { observe } from './bench/worker/speed/observed-worker.ts'
import naive from './bench/worker/speed/naive-worker.ts'
export default observe(naive)`,
  growth: `
export { Identity } from './durable-objects/identity/identity.ts'
export { Profile } from './durable-objects/profile/profile.ts'
export { default, Destination, Intake } from './bench/worker/speed/growth-worker.ts'`,
}

/** The script of a design, with so many sources in its workspace. */
export const bundleDesign = (name: DesignName, sources: number): Promise<string> =>
  bundleWorker({
    contents: ENTRIES[name],
    workspace: 'bench/worker/speed/speed-workspace.ts',
    define: { SPEED_SOURCES: String(sources) },
  })
