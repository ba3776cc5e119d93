import type { JSONObject, JSONValue } from '@segment/actions-core'
import type { Random } from '../../../bench/seeded-random.ts'
import { pick } from './pick.ts'

/** The part of JSON Schema that the catalogue's fields become. */
export interface FieldSchema {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly enum?: readonly JSONValue[]
  readonly minimum?: number
  readonly properties?: Readonly<Record<string, FieldSchema>>
  readonly required?: readonly string[]
  readonly items?: FieldSchema
}

const BY_FORMAT: Readonly<Record<string, readonly [JSONValue, ...JSONValue[]]>> = {
  date: ['2026-10-06', '2026-13-40'],
  'date-like': ['2026-10-06T12:00:00Z', '1791288000', '1791288000000', 1791288000, 'soon'],
  'date-time': ['2026-10-06T12:00:00Z', '2026-10-06T12:00:00.123+02:00', '2026-10-06', 'now'],
  email: ['ada@example.com', 'ada@', 'ada'],
  hostname: ['a.example', 'a b'],
  ipv4: ['203.0.113.7', '203.0.113.256', '::1'],
  password: ['secret', ''],
  uri: ['https://a.example/b?c=d#e', 'mailto:ada@example.com', 'a.example', 'http://[', '//a/b'],
  'uri-reference': ['/a/b', 'https://a.example/', '\\\\a', ''],
  uuid: ['2f1c7a8e-0f3d-4a52-9f4b-4d6f0c9b8a11', '2f1c7a8e'],
}

const ANYTHING: readonly [JSONValue, ...JSONValue[]] = [
  'text',
  '',
  '7',
  'true',
  'null',
  0,
  1,
  -2.5,
  1e21,
  true,
  false,
  null,
  [],
  ['a'],
  [1, null],
  [[]],
  {},
  { a: 1 },
  [{ a: { b: null } }],
]

/** A payload that may or may not fit: each of its values does, mostly. */
export function generatePayload(schema: FieldSchema, random: Random): JSONObject {
  const payload: JSONObject = {}
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const isRequired = schema.required?.includes(name) === true
    if (random() < (isRequired ? 0.97 : 0.5)) payload[name] = generateValue(field, random)
  }
  if (random() < 0.2) payload.undeclared = pick(random, ANYTHING)
  return payload
}

function generateValue(schema: FieldSchema, random: Random): JSONValue {
  if (random() < 0.06) return pick(random, ANYTHING)
  if (schema.enum !== undefined) return pickOf(schema.enum, random)
  const type = pickOf([schema.type ?? 'string'].flat(), random)
  switch (type) {
    case 'null':
      return null
    case 'boolean':
      return pick(random, [true, false, 'true', 0])
    case 'number':
    case 'integer':
      return pick(random, [schema.minimum ?? 1, 3, 2.5, '4', 1e6])
    case 'object':
      return schema.properties === undefined
        ? { free: pick(random, ANYTHING), text: 'a' }
        : generatePayload(schema, random)
    case 'array':
      return generateList(schema.items ?? {}, random)
    default:
      return pick(random, BY_FORMAT[schema.format ?? ''] ?? ['text', 'Größe ✓', 42, ''])
  }
}

function generateList(items: FieldSchema, random: Random): JSONValue {
  if (random() < 0.15) return generateValue(items, random) // one value stands for a list of it
  return Array.from({ length: Math.floor(random() * 4) }, () => generateValue(items, random))
}

function pickOf<T>(choices: readonly T[], random: Random): T {
  const [first, ...rest] = choices
  if (first === undefined) throw new Error('nothing to pick from')
  return pick(random, [first, ...rest])
}
