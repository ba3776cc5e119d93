import * as v from 'valibot'

/** The deployment's variables after parsing; durations in seconds. */
export interface Deployment {
  readonly sealSeconds: number
  readonly leaseSeconds: number
  readonly wakeSeconds: number
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

const Variables = v.object({
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
    adminToken: token.length < MIN_TOKEN_CHARACTERS ? null : token,
    local: variables.LOCAL === undefined ? null : { demoSink: variables.DEMO_SINK },
  }
}

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
