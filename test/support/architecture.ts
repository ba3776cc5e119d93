import { posix } from 'node:path'

/** Source files by their path from the root. */
export type SourceTree = ReadonlyMap<string, string>

/** Files that decide: they import valibot, isbot and each other, and nothing else. */
const PURE = [
  /^worker\/event\//,
  /^worker\/accept\/waiting-list\.ts$/,
  /^worker\/sdk\/(content-coding|project-settings|render-script|snippet|visitor)\.ts$/,
  /^worker\/profile-api\/(event-query|page|profile-id|show-event|show-profile)\.ts$/,
  /^durable-objects\/intake\/(chunk|chunk-plan|commit|commit-window|counts|encode-day|find-in-day|forget-plan|hash-run|hash-table|index-plan|next-alarm|packed-index|retry|roll-plan|run-entries|seal-delay|verify)\.ts$/,
  /^durable-objects\/intake\/live-(filters|frame|item)\.ts$/,
  /^durable-objects\/destination\/(ledger|sum-fates)\.ts$/,
  /^durable-objects\/identity\/(draft|external-id|graph|join|journal-row|pending|policy|policy-parser|previous|profile-record|profile-row|protection|protocol|resolve|row-tables|type-rules|undo)\.ts$/,
  /^durable-objects\/profile\/(apply-news|moves|newest|news|profile-state|profile-view|state-row|traits)\.ts$/,
  /^durable-objects\/workspace\/(intake-name|snapshot)\.ts$/,
  /^queues\/(outcome|pointer|settlement)\.ts$/,
  /^queues\/profiles\/(find-limit|gather-news|id-rules|newest-traits|read-event|read-ids|settled-ids)\.ts$/,
]
const PURE_PACKAGES = ['valibot', 'isbot']
const IMPURE_WORDS =
  /\b(fetch\(|Date\.now|new Date\(\)|Math\.random|crypto\.|setTimeout|scheduler\.|Env\b|console\.)/

/** Which code may not import which. The composition root, worker/index.ts, may import all. */
const ARROWS = [
  { from: /^worker\//, to: /^queues\/(?!pointer)/, why: 'request code never imports a consumer' },
  { from: /^worker\//, to: /^generated\/catalog\//, why: 'request code never loads the catalogue' },
  { from: /^(queues|durable-objects)\//, to: /^hono/, why: 'only request code knows hono' },
  {
    from: /^(queues|durable-objects)\//,
    to: /^worker\/(?!event\/|deployment\.ts)/,
    why: 'consumers and objects share only the language of events with request code',
  },
]
const COMPOSITION_ROOT = 'worker/index.ts'
const MAX_LINES = 300

/** Everything in a tree that breaks the rules of ARCHITECTURE.md, as `file: what`. */
export function findViolations(tree: SourceTree): string[] {
  return [...tree].flatMap(([file, text]) => [
    ...checkImports(file, readImports(file, text)),
    ...checkText(file, text),
  ])
}

/** What a file imports: paths from the root, or names of packages. */
function readImports(file: string, text: string): string[] {
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, to]) => to ?? '',
  )
  return specifiers.map((to) => (to.startsWith('.') ? posix.join(posix.dirname(file), to) : to))
}

function checkImports(file: string, imports: readonly string[]): string[] {
  const isPath = (to: string) => /^(worker|durable-objects|queues|generated)\//.test(to)
  const extensions = imports
    .filter((to) => isPath(to) && !/\.(ts|tsx|js)$/.test(to))
    .map((to) => `${file}: imports ${to} without its extension`)
  const impure = imports
    .filter((to) => isPure(file) && !isPure(to) && !PURE_PACKAGES.includes(to))
    .map((to) => `${file}: is pure and imports ${to}`)
  const arrows = ARROWS.filter(({ from }) => file !== COMPOSITION_ROOT && from.test(file)).flatMap(
    ({ to, why }) =>
      imports.filter((each) => to.test(each)).map((each) => `${file}: imports ${each}, but ${why}`),
  )
  return [...extensions, ...impure, ...arrows]
}

function checkText(file: string, text: string): string[] {
  const lines = text.split('\n').length
  const word = isPure(file) ? IMPURE_WORDS.exec(withoutComments(text))?.[0] : undefined
  return [
    ...(lines > MAX_LINES ? [`${file}: has ${lines} lines, more than ${MAX_LINES}`] : []),
    ...(word === undefined ? [] : [`${file}: is pure and says ${word}`]),
  ]
}

const isPure = (file: string) => PURE.some((pattern) => pattern.test(file))

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
