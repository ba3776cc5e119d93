import { type Context, Hono } from 'hono'
import type { ProfileName } from '../../durable-objects/identity/external-id.ts'
import type { Pending } from '../../durable-objects/identity/protocol.ts'
import type { AppEnv } from '../app-env.ts'
import { readBody } from '../middleware/read-body.ts'
import { drive } from '../profile-api/drive.ts'
import { findKnown, type KnownProfile, readProfile } from '../profile-api/open-profiles.ts'
import {
  cutEncodedId,
  type ParsedId,
  parseEncodedId,
  parseProfileId,
} from '../profile-api/profile-id.ts'
import { openIdentity } from '../profile-api/space-objects.ts'
import { answerApiError } from './errors.ts'
import { showLink } from './show-link.ts'

/** Stands in the journal where the source of an event would. */
const BY = 'api'

/**
 * Who was linked to whom: `GET /{profile}/links` is a profile's journal, `POST /{profile}/unmerge` with
 * `{"link"}` undoes one of its entries, `POST /{profile}/join` with `{"with"}` makes two profiles one.
 * A profile is `type:value`, exactly as sent, or its name.
 */
export function spaceProfileRoutes(): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get('/:profile/links', (c) => withProfile(c, (known) => answerLinks(c, known.name)))
    .post('/:profile/unmerge', (c) => withProfile(c, (known) => unmerge(c, known.name)))
    .post('/:profile/join', (c) => withProfile(c, (known) => join(c, known)))
}

async function answerLinks(c: Context<AppEnv>, name: ProfileName): Promise<Response> {
  const cursor = c.req.query('cursor') || '0'
  if (!/^\d{1,15}$/.test(cursor)) {
    return answerApiError(c, 400, 'bad-request', 'cursor is not that of a page')
  }
  const page = await openIdentity(c.env).links(name, Number(cursor))
  if (page.state === 'unknown_profile') return answerNobody(c, name)
  const view = await readProfile(c.env, name)
  const next = page.next === null ? {} : { next: String(page.next) }
  const links = page.links.map((link) => showLink(link, view?.ids ?? []))
  return c.json({ data: { profile: name, links, pagination: { current: cursor, ...next } } })
}

async function unmerge(c: Context<AppEnv>, name: ProfileName): Promise<Response> {
  const body = await readBody(c.req.raw)
  if ('fault' in body) return answerApiError(c, 400, 'bad-request', body.fault)
  const { link } = body.body
  if (typeof link !== 'number' || !Number.isSafeInteger(link)) {
    return answerApiError(c, 400, 'bad-request', 'link must be the number of a link')
  }
  const undone = await openIdentity(c.env).unmerge(name, link, BY)
  switch (undone.state) {
    case 'parted':
      return answerDriven(
        c,
        { from: undone.from, to: undone.to, links: [undone.n] },
        undone.pending,
      )
    case 'unknown_profile':
      return answerNobody(c, name)
    case 'unknown_link':
      return answerApiError(c, 404, 'not-found', `link ${link} is none of ${name}`)
    case 'founding_link':
      return answerApiError(
        c,
        400,
        'bad-request',
        `link ${link} founded a profile: it parts nobody`,
      )
  }
}

async function join(c: Context<AppEnv>, one: KnownProfile): Promise<Response> {
  const body = await readBody(c.req.raw)
  if ('fault' in body) return answerApiError(c, 400, 'bad-request', body.fault)
  const text = body.body.with
  if (typeof text !== 'string') {
    return answerApiError(c, 400, 'bad-request', 'with must name the other profile')
  }
  const other = await findParsed(c, parseProfileId(text, 'users'), { text, field: 'with' })
  if (other instanceof Response) return other
  const joined = await openIdentity(c.env).join([one.key, other.key], BY)
  switch (joined.state) {
    case 'joined':
      return answerDriven(c, { profile: joined.name, links: joined.links }, joined.pending)
    case 'unknown_ids':
      return answerNobody(c, text)
    case 'too_large':
      return answerApiError(c, 400, 'bad-request', 'together they exceed 1,000 ids or 100 merges')
  }
}

/** 200 once the profiles have done it; 202 with what they have still to do, which later events drive. */
async function answerDriven(
  c: Context<AppEnv>,
  data: object,
  pending: readonly Pending[],
): Promise<Response> {
  const left = await drive(c.env, pending)
  return c.json({ data: { ...data, pending: left } }, left.length === 0 ? 200 : 202)
}

async function withProfile(
  c: Context<AppEnv>,
  act: (known: KnownProfile) => Promise<Response>,
): Promise<Response> {
  const parsed = parseEncodedId(cutEncodedId(new URL(c.req.url)), 'users')
  const found = await findParsed(c, parsed, {
    text: c.req.param('profile') ?? '',
    field: 'profile',
  })
  return found instanceof Response ? found : act(found)
}

async function findParsed(
  c: Context<AppEnv>,
  parsed: ParsedId,
  { text, field }: { readonly text: string; readonly field: string },
): Promise<KnownProfile | Response> {
  if (parsed.state === 'fault') {
    return answerApiError(c, 400, 'bad-request', `${field} ${parsed.fault}`)
  }
  const known = parsed.state === 'parsed' ? await findKnown(c.env, parsed.id) : null
  return known ?? answerNobody(c, text)
}

const answerNobody = (c: Context<AppEnv>, text: string) =>
  answerApiError(c, 404, 'not-found', `there is no profile ${text}`)
