import {
  type Collection,
  type ExternalId,
  type IdKey,
  readProfileName,
} from '../../durable-objects/identity/external-id.ts'

/** How a caller names a profile: by an id, or by the key in its `use_…` or `acc_…`. */
export type ProfileId =
  | { readonly kind: 'external'; readonly id: ExternalId }
  | { readonly kind: 'name'; readonly key: IdKey }

/** What a path names, or that it names nothing that exists, or why it cannot be read. */
export type ParsedId =
  | { readonly state: 'parsed'; readonly id: ProfileId }
  | { readonly state: 'nobody' }
  | { readonly state: 'fault'; readonly fault: string }

const NAME = /^(use|acc)_[0-9A-Za-z]+$/
/** Their lower-case form is tried: whether the sent one is somebody's shows in the user index. */
const INDEXED_TYPES = ['user_id', 'anonymous_id']

/** Reads a collection of the path; null if there is no such one. */
export function parseCollection(text: string): Collection | null {
  return text === 'users' || text === 'accounts' ? text : null
}

/** The id in a path as sent: the router's own decoding takes any bytes. */
export function cutEncodedId({ pathname }: URL): string {
  return pathname.split('/profiles/')[1]?.split('/')[0] ?? ''
}

/** Reads a profile's id as it stands in a path: percent-encoded once. */
export function parseEncodedId(encoded: string, collection: Collection): ParsedId {
  const text = decodeOnce(encoded)
  if (text === null) return { state: 'fault', fault: 'is not percent-encoded UTF-8' }
  return parseProfileId(text, collection)
}

/** Reads a profile's id: `type:value`, or a name. */
export function parseProfileId(text: string, collection: Collection): ParsedId {
  if (NAME.test(text)) {
    const name = readProfileName(text)
    if (name === null || name.collection !== collection) return { state: 'nobody' }
    return { state: 'parsed', id: { kind: 'name', key: name.key } }
  }
  const colon = text.indexOf(':')
  const [type, value] = [text.slice(0, Math.max(0, colon)), text.slice(colon + 1)]
  if (type === '' || value === '') {
    return { state: 'fault', fault: 'must be `type:value` or the name of a profile' }
  }
  return { state: 'parsed', id: { kind: 'external', id: { type, value } } }
}

/** The id that Segment would look up instead of the one sent, if it may be tried as well. */
export function lowerCased({ type, value }: ExternalId): ExternalId | null {
  const lower = value.toLowerCase()
  return INDEXED_TYPES.includes(type) && lower !== value ? { type, value: lower } : null
}

function decodeOnce(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return null
  }
}
