import { env } from 'cloudflare:workers'
import { Destination } from '../durable-objects/destination/destination.ts'
import { Identity } from '../durable-objects/identity/identity.ts'
import { Intake } from '../durable-objects/intake/intake.ts'
import { Profile } from '../durable-objects/profile/profile.ts'
import { reportFailure } from '../durable-objects/report.ts'
import { fixedWorkspace } from '../durable-objects/workspace/fixed-workspace.ts'
import { loadCatalogModule } from '../queues/catalog/load.ts'
import { deliver } from '../queues/deliver.ts'
import { SettledIds } from '../queues/profiles/settled-ids.ts'
import { openSpace } from '../queues/profiles/space.ts'
import { resolvePeople } from '../queues/profiles.ts'
import { createApp } from './app.ts'
import { findTokenFault, parseDeployment } from './deployment.ts'
import { nudgeObjects } from './nudge.ts'
import { sweepSpools } from './sweep.ts'

/** As in wrangler.toml, beside the hourly one. */
const EVERY_MINUTE = '* * * * *'
/** As in wrangler.toml, beside that of deliveries. */
const PROFILES_QUEUE = 'millrace-profiles'

const deployment = parseDeployment(env)
const tokenFault = findTokenFault(env)
if (tokenFault !== null) reportFailure('ADMIN_TOKEN_TOO_SHORT', {}, tokenFault)
const workspace = fixedWorkspace(deployment)
const app = createApp({ deployment, workspace })
const people = { workspace, space: openSpace(env), memory: new SettledIds() }

export { Destination, Identity, Intake, Profile }

export default {
  fetch: app.fetch,
  queue: (batch, env) =>
    batch.queue === PROFILES_QUEUE
      ? resolvePeople(batch, { env, ...people })
      : deliver(batch, { env, workspace, loadModule: loadCatalogModule }),
  scheduled: async ({ cron }, env) => {
    if (cron !== EVERY_MINUTE) await nudgeObjects(env, workspace)
    await sweepSpools(env)
  },
} satisfies ExportedHandler<Env, never>
