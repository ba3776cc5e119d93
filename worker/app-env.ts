import type { Workspace } from '../durable-objects/workspace/snapshot.ts'
import type { Deployment } from './deployment.ts'

/** What a deployment gives to its routes, made once in the composition root. */
export interface Services {
  readonly deployment: Deployment
  readonly workspace: Workspace
}

/** Hono's types for this app. */
export interface AppEnv {
  Bindings: Env
  Variables: Services
}
