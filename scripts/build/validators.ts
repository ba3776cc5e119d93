import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { DestinationDefinition } from '@segment/actions-core'
import { _, Ajv } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import addFormats from 'ajv-formats'
import { CATALOG } from './destinations.ts'

/** A schema that the catalogue validates by; `key` is what it asks for it by, if it names it. */
export interface KeyedSchema {
  readonly key: string | null
  readonly schema: object
}

type CatalogCore = typeof import('@segment/actions-core')
type MinimalFields = Parameters<CatalogCore['fieldsToJsonSchema']>[0]

/** The schemas of a destination, made by the catalogue's own kit from its definition. */
export function readSchemas(destination: string, root: string): KeyedSchema[] {
  const require = createRequire(join(root, 'package.json'))
  const { Destination, fieldsToJsonSchema }: CatalogCore = require('@segment/actions-core')
  const definition: DestinationDefinition = require(`${CATALOG}/${destination}`).default
  const { name, settingsSchema, actions } = new Destination(definition)
  const audienceFields: MinimalFields =
    'audienceFields' in definition ? (definition.audienceFields as MinimalFields) : undefined
  return [
    ...named(`${name}:settings`, settingsSchema),
    ...named(null, audienceFields && fieldsToJsonSchema(audienceFields)),
    ...Object.values(actions).flatMap((action) => [
      ...named(`${name}:${action.definition.title}`, action.schema),
      ...Object.values(action.hookSchemas ?? {}).flatMap((schema) => named(null, schema)),
    ]),
  ]
}

function named(key: string | null, schema: object | undefined): KeyedSchema[] {
  return schema === undefined ? [] : [{ key, schema }]
}

/** Throws if two schemas of one catalogue go by the same key: it would mix them up. */
export function checkKeys(schemas: readonly KeyedSchema[]): void {
  const texts = new Map<string, string>()
  for (const { key, schema } of schemas) {
    if (key === null) continue
    const text = JSON.stringify(schema)
    if ((texts.get(key) ?? text) !== text) throw new Error(`two schemas have the key "${key}"`)
    texts.set(key, text)
  }
}

/** Compiles validators into the source of a module that registers them with the Ajv stand-in. */
export function compileValidators(schemas: readonly KeyedSchema[]): string {
  const ajv = createAjv()
  const entries = new Map<string, string>()
  const exported: Record<string, string> = {}
  for (const { key, schema } of schemas) {
    const text = JSON.stringify(schema)
    const lookup = key === null ? { schema: text } : { key }
    const entry = JSON.stringify(lookup).slice(1, -1)
    if (entries.has(entry)) continue
    // Not added under the catalogue's own key: Ajv would take that for a URI and resolve it.
    const id = `validate_${entries.size}`
    compile(ajv, { id, key, schema: JSON.parse(text) })
    exported[id] = id
    entries.set(entry, `{${entry},validate:${id}}`)
  }
  return [
    `import { registerValidators } from 'ajv'`,
    standalone(ajv, exported),
    `registerValidators([${[...entries.values()].join()}])`,
  ].join('\n')
}

function compile(ajv: Ajv, { id, key, schema }: KeyedSchema & { readonly id: string }): void {
  try {
    ajv.addSchema(schema, id).getSchema(id)
  } catch (error) {
    throw new Error(`schema "${key ?? JSON.stringify(schema)}": ${error}`, { cause: error })
  }
}

/** As in the catalogue's schema-validation.js; the code refers to the stand-in's formats by name. */
function createAjv(): Ajv {
  const ajv = new Ajv({
    coerceTypes: 'array',
    allErrors: true,
    allowUnionTypes: true,
    verbose: true,
    removeAdditional: true,
    logger: false,
    // Ajv's optimizer takes a quarter of its time and saves 2% of the bytes, 5% of the gzip.
    code: { source: true, esm: true, optimize: false, formats: _`require("ajv").formats` },
  })
  addFormats(ajv)
  ajv.addFormat('text', true)
  // Never called here: at run time the catalogue gives its own function to the stand-in.
  ajv.addFormat('date-like', () => true)
  return ajv
}
