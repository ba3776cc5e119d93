import { isExactNumber } from './parse-json.ts'

/** A JSON object as a client sent it. */
export type JsonObject = { readonly [key: string]: unknown }

/** Whether a value is a JSON object: no list, no null. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)
