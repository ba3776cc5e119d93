import { vi } from 'vitest'
import type { drivePending } from '../../../durable-objects/identity/drive-pending.ts'
import type { Identity } from '../../../durable-objects/identity/identity.ts'
import type { Profile } from '../../../durable-objects/profile/profile.ts'
import type { Twin } from '../faults/twin.ts'

const ROOT = '../../..'

/** The product's own code, as it is or with a fault planted. */
export interface PeopleProduct {
  readonly Identity: typeof Identity
  readonly Profile: typeof Profile
  readonly drivePending: typeof drivePending
}

/** Loads the product's code, with one module replaced if a twin is given. */
export async function loadPeople(twin?: Twin): Promise<PeopleProduct> {
  vi.resetModules()
  if (twin !== undefined) {
    vi.doMock(`${ROOT}/${twin.module}`, async (importActual) => {
      const actual = await importActual<never>()
      return { ...(actual as object), ...twin.plant(actual) }
    })
  }
  try {
    const { Identity } = await import('../../../durable-objects/identity/identity.ts')
    const { Profile } = await import('../../../durable-objects/profile/profile.ts')
    const { drivePending } = await import('../../../durable-objects/identity/drive-pending.ts')
    return { Identity, Profile, drivePending }
  } finally {
    if (twin !== undefined) vi.doUnmock(`${ROOT}/${twin.module}`)
  }
}
