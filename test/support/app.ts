import { env } from 'cloudflare:workers'
import { fixedWorkspace } from '../../durable-objects/workspace/fixed-workspace.ts'
import { createApp } from '../../worker/app.ts'
import { parseDeployment } from '../../worker/deployment.ts'

const VARIABLES = { SEAL_SECONDS: 5, LEASE_SECONDS: 90, WAKE_SECONDS: 300 }

/** Requests to an app with these variables beside the required ones, on the bindings of the tests. */
export function appWith(variables: object) {
  const deployment = parseDeployment({ ...VARIABLES, ...variables })
  const app = createApp({ deployment, workspace: fixedWorkspace(deployment) })
  return (url: string, init: RequestInit = {}) => app.request(url, init, env)
}

/** The app of a local run. */
export const localApp = appWith({ LOCAL: 'true' })

/** The app as deployed: without the variable that the start script sets. */
export const deployedApp = appWith({})

/** The header of a token. */
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
