/** What the holes of the built template are filled with: texts as JavaScript reads them. */
export interface ScriptParts {
  readonly writeKey: string
  /** Host and path that events are posted below, such as `events.example.com/x7k`. */
  readonly home: string
  /** Address that chunks lie below, such as `https://events.example.com/x7k`. */
  readonly base: string
  readonly settings: object
  /** Name of the cookie by which a visitor opts out, or null where signals are not honoured. */
  readonly optOutCookie: string | null
}

/** Fills the template of analytics.js in one pass: what is filled in is not looked through again. */
export function renderScript(template: string, parts: ScriptParts): string {
  const fillings = new Map([
    ['KEY', encodeLiteral(parts.writeKey)],
    ['HOME', encodeLiteral(parts.home)],
    ['BASE', encodeLiteral(parts.base)],
    ['SETTINGS', encodeLiteral(parts.settings)],
    ['OPTIONS', encodeOptions(parts.optOutCookie)],
  ])
  const [head = '', ...rest] = template.split('@@')
  return rest.reduce((text, piece, index) => {
    if (index % 2 === 1) return text + piece
    const filling = fillings.get(piece)
    if (filling === undefined) throw new Error(`analytics.js has a hole named ${piece}`)
    return text + filling
  }, head)
}

/** JSON that engines before 2019 read as well: two line ends were no part of a text there. */
const encodeLiteral = (value: unknown): string =>
  JSON.stringify(value)
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029')

/** The page's load options `e`, switched off for a browser with Global Privacy Control or that cookie. */
function encodeOptions(optOutCookie: string | null): string {
  if (optOutCookie === null) return 'e'
  const hasCookie = `/(^|; )${optOutCookie}=/.test(document.cookie)`
  return `navigator.globalPrivacyControl||${hasCookie}?Object.assign({},e,{disable:!0}):e`
}
