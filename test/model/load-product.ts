import { vi } from 'vitest'
import type { Workspace } from '../../durable-objects/workspace/snapshot.ts'
import type { Twin } from './faults/twin.ts'
import type { Product } from './platform.ts'

const ROOT = '../..'

/** Loads the product's code, with one module replaced if a twin is given. */
export async function loadProduct(twin?: Twin): Promise<Product> {
  vi.resetModules()
  let workspace: Workspace | null = null
  vi.doMock('../../durable-objects/workspace/fixed-workspace.ts', () => ({
    fixedWorkspace: () => workspace,
  }))
  if (twin !== undefined) {
    vi.doMock(`${ROOT}/${twin.module}`, async (importActual) => {
      const actual = await importActual<never>()
      return { ...(actual as object), ...twin.plant(actual) }
    })
  }
  try {
    const { Intake } = await import('../../durable-objects/intake/intake.ts')
    const { Destination } = await import('../../durable-objects/destination/destination.ts')
    const { writeGroup } = await import('../../worker/accept/write-group.ts')
    const { sweepSpools } = await import('../../worker/sweep.ts')
    const setWorkspace = (next: Workspace) => {
      workspace = next
    }
    return { Intake, Destination, writeGroup, sweepSpools, setWorkspace }
  } finally {
    if (twin !== undefined) vi.doUnmock(`${ROOT}/${twin.module}`)
  }
}
