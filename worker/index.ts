import { env } from 'cloudflare:workers'
import { Destination } from '../durable-objects/destination/destination.ts'
import { Intake } from '../durable-objects/intake/intake.ts'
import { reportFailure } from '../durable-objects/report.ts'
import { fixedWorkspace } from '../durable-objects/workspace/fixed-workspace.ts'
import { loadCatalogModule } from '../queues/catalog/load.ts'
import { deliver } from '../queues/deliver.ts'
import { createApp } from './app.ts'
import { findTokenFault, parseDeployment } from './deployment.ts'
import { nudgeObjects } from './nudge.ts'

const deployment = parseDeployment(env)
const tokenFault = findTokenFault(env)
if (tokenFault !== null) reportFailure('ADMIN_TOKEN_TOO_SHORT', {}, tokenFault)
const workspace = fixedWorkspace(deployment)
const app = createApp({ deployment, workspace })

export { Destination, Intake }

export default {
  fetch: app.fetch,
  queue: (batch, env) => deliver(batch, { env, workspace, loadModule: loadCatalogModule }),
  scheduled: (_controller, env) => nudgeObjects(env, workspace),
} satisfies ExportedHandler<Env, never>
