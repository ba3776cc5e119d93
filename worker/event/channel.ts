import { isJsonObject, type JsonObject } from './json.ts'

/** Where an event comes from, in Segment's words. */
export type Channel = 'browser' | 'mobile' | 'server'

/** Libraries that run on a person's phone, whatever path they post to. */
const MOBILE_LIBRARY =
  /(^|[-_/ ])(ios|android|swift|kotlin|react-native|flutter|unity|xamarin)([-_/ ]|$)/i
/** Libraries that run in a person's browser. */
const BROWSER_LIBRARY = /^(analytics\.js|amp$|rudderlabs javascript sdk|jitsu-js|@jitsu\/js)/i

/** Whose machine sent an event: by its own word, else by its library, else by the path it came on. */
export function readChannel(event: JsonObject, isClientPath: boolean): Channel {
  const own = readOwnChannel(event.channel)
  if (own !== null) return own
  const library = readLibrary(event.context)
  if (MOBILE_LIBRARY.test(library)) return 'mobile'
  return isClientPath || BROWSER_LIBRARY.test(library) ? 'browser' : 'server'
}

/** Rudder's browser SDK says `web`. */
function readOwnChannel(channel: unknown): Channel | null {
  if (channel === 'browser' || channel === 'web') return 'browser'
  return channel === 'mobile' || channel === 'server' ? channel : null
}

function readLibrary(context: unknown): string {
  const library = isJsonObject(context) ? context.library : undefined
  const name = isJsonObject(library) ? library.name : undefined
  return typeof name === 'string' ? name : ''
}
