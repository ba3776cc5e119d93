import type { DiscardReason } from './discard.ts'
import { isJsonObject, type JsonObject } from './json.ts'

export const CONSENT_EVENT = 'Segment Consent Preference Updated'

/**
 * Why a consent event is discarded, or null: it must say which categories are allowed. Other events
 * are not held to it; a malformed consent of theirs is a matter of routing.
 */
export function checkConsentEvent({ event, context }: JsonObject): DiscardReason | null {
  if (event !== CONSENT_EVENT) return null
  const { consent, device } = isJsonObject(context) ? context : {}
  const preferences = isJsonObject(consent) ? consent.categoryPreferences : undefined
  if (preferences === undefined || preferences === null) {
    return 'consent_categorypreferences_should_exist'
  }
  if (!isJsonObject(preferences)) return 'consent_categorypreferences_fields_should_be_object'
  if (Object.values(preferences).some((allowed) => typeof allowed !== 'boolean')) {
    return 'consent_categorypreferences_fields_should_be_bool'
  }
  return checkDetails(isJsonObject(consent) ? consent.version : undefined, device)
}

function checkDetails(version: unknown, device: unknown): DiscardReason | null {
  if (isGiven(version) && typeof version !== 'number') return 'consent_version_should_be_number'
  const advertisingId = isJsonObject(device) ? device.advertisingId : undefined
  return isGiven(advertisingId) && typeof advertisingId !== 'string'
    ? 'device_advertisingid_should_be_string'
    : null
}

const isGiven = (value: unknown) => value !== undefined && value !== null
