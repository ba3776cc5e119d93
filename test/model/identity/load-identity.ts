import { vi } from 'vitest'
import type { Twin } from '../faults/twin.ts'

/** The pure core of Identity. */
export interface Core {
  readonly resolve: typeof import('../../../durable-objects/identity/resolve.ts').resolve
  readonly unmerge: typeof import('../../../durable-objects/identity/undo.ts').unmerge
  readonly join: typeof import('../../../durable-objects/identity/join.ts').join
}

/** Loads the product's code, with one module replaced if a twin is given. */
export async function loadIdentity(twin?: Twin): Promise<Core> {
  vi.resetModules()
  const path = `../../../${twin?.module}`
  if (twin !== undefined) {
    vi.doMock(path, async (importActual) => {
      const actual = await importActual<never>()
      return { ...(actual as object), ...twin.plant(actual) }
    })
  }
  try {
    const { resolve } = await import('../../../durable-objects/identity/resolve.ts')
    const { unmerge } = await import('../../../durable-objects/identity/undo.ts')
    const { join } = await import('../../../durable-objects/identity/join.ts')
    return { resolve, unmerge, join }
  } finally {
    if (twin !== undefined) vi.doUnmock(path)
  }
}
