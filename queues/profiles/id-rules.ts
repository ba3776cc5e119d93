import type { ExternalId } from '../../durable-objects/identity/external-id.ts'
import type { CustomId, IdentityPolicy } from '../../durable-objects/identity/policy.ts'
import { MAX_MATCHED_CHARACTERS } from '../../durable-objects/identity/policy-parser.ts'
import { typeRules } from '../../durable-objects/identity/type-rules.ts'

/** What a policy says of the ids of events, made ready for many of them. */
export interface IdRules {
  readonly customIds: readonly { readonly type: string; readonly fields: readonly string[] }[]
  readonly isBlocked: (id: ExternalId) => boolean
  /** Below 0 when the first type comes before the second. */
  readonly compare: (a: string, b: string) => number
}

/** Reads the rules of a policy; a pattern that is no regular expression blocks nothing. */
export function idRules(policy: IdentityPolicy): IdRules {
  const values = new Set(policy.blockedValues)
  const patterns = policy.blockedPatterns.flatMap(readPattern)
  return {
    customIds: policy.customIds.map(readCustomId),
    isBlocked: ({ value }) =>
      values.has(value) ||
      (value.length <= MAX_MATCHED_CHARACTERS && patterns.some((pattern) => pattern.test(value))),
    compare: typeRules(policy).compare,
  }
}

function readPattern(pattern: string): RegExp[] {
  try {
    return [new RegExp(pattern)]
  } catch {
    return [] // to be refused where policies are edited
  }
}

function readCustomId({ type, field }: CustomId) {
  return { type, fields: [...new Set([field, toCamelCase(field), toSnakeCase(field)])] }
}

const toCamelCase = (field: string) =>
  field.replace(/_+([\p{L}\p{N}])/gu, (_, letter: string) => letter.toUpperCase())

const toSnakeCase = (field: string) =>
  field.replace(/(?<=[\p{Ll}\p{N}])\p{Lu}/gu, (letter) => `_${letter}`).toLowerCase()
