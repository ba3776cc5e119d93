// Takes the place of durable-objects/workspace/fixed-workspace.ts in a test file that says
// `vi.mock('…/fixed-workspace.ts', () => import('…/support/mocked-workspace.ts'))`: then the Worker
// and its objects read the same workspace, and the test edits it.
import { TestWorkspace } from './workspace.ts'

export const LOCAL_WRITE_KEY = 'local-write-key-0000000000000000'
export const LOCAL_ADMIN_TOKEN = 'local-admin-token'
export const LOCAL_SOURCE_ID = 'local-website'
export const LOCAL_DESTINATION_ID = 'local-webhook'

export const workspace = new TestWorkspace()

export const fixedWorkspace = () => workspace
