import { describe, expect, it } from 'vitest'
import { CONSENT_EVENT, checkConsentEvent } from '../../../worker/event/consent.ts'

const check = (context: unknown, event = CONSENT_EVENT) => checkConsentEvent({ event, context })

describe('checkConsentEvent', () => {
  it.each([
    [undefined, 'consent_categorypreferences_should_exist'],
    [{}, 'consent_categorypreferences_should_exist'],
    [{ consent: {} }, 'consent_categorypreferences_should_exist'],
    [{ consent: { categoryPreferences: null } }, 'consent_categorypreferences_should_exist'],
    [
      { consent: { categoryPreferences: [] } },
      'consent_categorypreferences_fields_should_be_object',
    ],
    [
      { consent: { categoryPreferences: { a: 'true' } } },
      'consent_categorypreferences_fields_should_be_bool',
    ],
    [{ consent: { categoryPreferences: {}, version: '2' } }, 'consent_version_should_be_number'],
    [
      { consent: { categoryPreferences: {} }, device: { advertisingId: 7 } },
      'device_advertisingid_should_be_string',
    ],
  ])('discards %j', (context, reason) => {
    expect(check(context)).toBe(reason)
  })

  it.each([
    { consent: { categoryPreferences: {} } },
    { consent: { categoryPreferences: { ads: true, analytics: false }, version: 2 } },
    { consent: { categoryPreferences: { ads: true } }, device: { advertisingId: 'x' } },
  ])('keeps %j', (context) => {
    expect(check(context)).toBeNull()
  })

  it('holds no other event to it', () => {
    expect(check({ consent: 'x' }, 'Order Completed')).toBeNull()
  })
})
