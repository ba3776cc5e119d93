import * as v from 'valibot'

/** The deployment's variables after parsing; durations in seconds. */
export interface Deployment {
  readonly sealSeconds: number
  readonly leaseSeconds: number
  readonly wakeSeconds: number
  /** The first part of every path that browsers ask for, and the name of our cookie. */
  readonly prefix: string
  /** Null while the secret is unset, empty or too short: then the API refuses everything. */
  readonly adminToken: string | null
  /** Only in a local run: where the demo destination posts. */
  readonly local: { readonly demoSink: string } | null
}

// `--var` always gives texts, wrangler.toml gives numbers.
const seconds = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.transform(Number), v.number())]),
  v.minValue(0.05, 'must be at least 0.05 seconds'),
  v.maxValue(86_400, 'must be at most 86,400 seconds'),
)

/** Parts of paths that are taken, and words that lists of blockers look for. */
const RESERVED_PREFIX = /^(v1|b|api|beacon|console|demo|projects|cdn-cgi)$/
const TELLING_PREFIX = /segment|analy|track|collect|event|pixel|stat|tag|metric|millrace/
const prefix = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9-]{1,31}$/, 'must be 2 to 32 of a-z, 0-9 and -, beginning with a letter'),
  v.check((text) => !RESERVED_PREFIX.test(text), 'is the beginning of other paths'),
  v.check((text) => !TELLING_PREFIX.test(text), 'says what it is for, so blockers would find it'),
)
/** Named here as well: a deployment whose wrangler.toml is older goes on. */
const Prefix = v.object({ PATH_PREFIX: v.optional(prefix, 'x7k') })

const Variables = v.object({
  ...Prefix.entries,
  SEAL_SECONDS: seconds,
  LEASE_SECONDS: seconds,
  WAKE_SECONDS: seconds,
  LOCAL: v.optional(v.literal('true', 'is set by the start script only, to true')),
  DEMO_SINK: v.optional(v.pipe(v.string(), v.url('must be a URL')), 'http://127.0.0.1:8788/'),
})

const MIN_TOKEN_CHARACTERS = 16
/** A token that is wrong closes the API only: events must come in whatever it is. */
const Secrets = v.object({ ADMIN_TOKEN: v.fallback(v.optional(v.string(), ''), '') })

/** Reads the variables of a deployment; throws an error that names the field which is wrong. */
export function parseDeployment(env: unknown): Deployment {
  const variables = parse(Variables, env)
  const token = readToken(env)
  return {
    sealSeconds: variables.SEAL_SECONDS,
    leaseSeconds: variables.LEASE_SECONDS,
    wakeSeconds: variables.WAKE_SECONDS,
    prefix: variables.PATH_PREFIX,
    adminToken: token.length < MIN_TOKEN_CHARACTERS ? null : token,
    local: variables.LOCAL === undefined ? null : { demoSink: variables.DEMO_SINK },
  }
}

/** The prefix alone, for the build, which puts static files under it; throws like `parseDeployment`. */
export const parsePrefix = (env: unknown): string => parse(Prefix, env).PATH_PREFIX

/** What is wrong with an admin token that is set but cannot be used; never the token itself. */
export function findTokenFault(env: unknown): string | null {
  const { length } = readToken(env)
  if (length === 0 || length >= MIN_TOKEN_CHARACTERS) return null
  return `ADMIN_TOKEN has ${length} characters, at least ${MIN_TOKEN_CHARACTERS} are needed: the API stays closed`
}

/** Empty while unset. A local run has its own token; a `.dev.vars` is none of its business. */
function readToken(env: unknown): string {
  return parse(Variables, env).LOCAL === undefined ? parse(Secrets, env).ADMIN_TOKEN : ''
}

function parse<T extends v.GenericSchema>(schema: T, env: unknown): v.InferOutput<T> {
  const parsed = v.safeParse(schema, env)
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  throw new Error(`variable ${v.getDotPath(issue)}: ${issue.message}`)
}

/** Whether a request came in under a name that only this machine can have. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
