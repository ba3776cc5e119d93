/** ECMAScript's "JSON.parse source text access", which the types do not know yet. */
interface ExactJson {
  readonly rawJSON: (text: string) => object
  readonly isRawJSON: (value: unknown) => boolean
  readonly parse: (
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ) => unknown
}

const exact = JSON as unknown as ExactJson // the engine has it; see above
/** A double keeps 15 digits for sure. */
const MANY_DIGITS = /[0-9]{16}/

/**
 * Parses JSON so that it is written again as it was: a number with more digits than a double holds, a
 * 64-bit id for example, stays its text. Throws a SyntaxError like `JSON.parse`.
 */
export function parseJson(text: string): unknown {
  if (!MANY_DIGITS.test(text)) return JSON.parse(text)
  return exact.parse(text, (_, value, { source = '' }) =>
    typeof value === 'number' && String(value) !== source && MANY_DIGITS.test(source)
      ? exact.rawJSON(source)
      : value,
  )
}

/** Whether a value is a number that only its text holds. */
export const isExactNumber = (value: unknown): boolean => exact.isRawJSON(value)
