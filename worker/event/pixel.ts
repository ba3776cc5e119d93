import { isJsonObject, type JsonObject } from './json.ts'
import { parseJson } from './parse-json.ts'

/**
 * The call that a pixel's query holds: `data` is its JSON in Base64 of either alphabet, padded or
 * not; without it, or if it is but a field, each parameter is one, `properties.subject` one inside. Null if unreadable.
 */
export function readPixel(query: URLSearchParams): JsonObject | null {
  const data = query.get('data')
  if (data === null) return readFields(query)
  return readData(data) ?? (query.has('writeKey') ? readFields(query) : null)
}

/** A `+` that was not escaped arrives as a space. */
function readData(data: string): JsonObject | null {
  const base64 = data.replace(/[ -]/g, '+').replaceAll('_', '/')
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
    const call = parseJson(new TextDecoder().decode(bytes))
    return isJsonObject(call) ? call : null
  } catch {
    return null
  }
}

/** What a path nests deeper than this is cut: a URL has room for thousands of levels. */
const MAX_PATH_LEVELS = 32

/** A tree under construction; `Map` because a path may be named `__proto__`. */
type Tree = Map<string, Tree | string>

function readFields(query: URLSearchParams): JsonObject {
  const root: Tree = new Map()
  for (const [path, value] of query) setPath(root, path.split('.', MAX_PATH_LEVELS), value)
  return toObject(root)
}

/** A field that is both a value and a parent is a parent. */
function setPath(root: Tree, path: readonly string[], value: string): void {
  let node = root
  for (const name of path.slice(0, -1)) {
    const child = node.get(name)
    const next: Tree = child instanceof Map ? child : new Map()
    node.set(name, next)
    node = next
  }
  const leaf = path.at(-1) ?? ''
  if (!(node.get(leaf) instanceof Map)) node.set(leaf, value)
}

function toObject(tree: Tree): JsonObject {
  return Object.fromEntries(
    [...tree].map(([name, child]) => [name, child instanceof Map ? toObject(child) : child]),
  )
}
