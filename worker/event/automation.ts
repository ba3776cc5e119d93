import { isbotMatch } from 'isbot'
import type { Automation } from './request-facts.ts'

/** A header may be as long as its sender likes. */
const MAX_SOURCE_LENGTH = 100
/** Proxies that load the images of all mails of a provider, opened or not. */
const MAIL_PROXIES = ['GoogleImageProxy', 'YahooMailProxy']
/** Apple's mail privacy gives away nothing but this. */
const APPLE_MAIL_USER_AGENT = 'Mozilla/5.0'
/** Mail gateways and chats that visit links before a person does; bots that say so are found by isbot. */
const LINK_SCANNERS = [
  'Barracuda',
  'BingPreview',
  'Mimecast',
  'MessageLabs',
  'Proofpoint',
  'SafeLinks',
  'Slackbot',
  'SkypeUriPreview',
  'Symantec',
  'TrendMicro',
  'facebookexternalhit',
  'GoogleImageProxy',
]

/** The mail proxy that loaded a pixel, if its user agent names one. */
export function readMailProxy(userAgent: string | null): Automation | null {
  if (userAgent?.trim() === APPLE_MAIL_USER_AGENT) {
    return { kind: 'mail-proxy', source: 'AppleMailPrivacy' }
  }
  const source = findName(MAIL_PROXIES, userAgent)
  return source === null ? null : { kind: 'mail-proxy', source }
}

/** What followed a link before the person did, if the request shows it. */
export function readLinkAutomation(request: {
  readonly method: string
  /** `Sec-Purpose`, `Purpose` or `X-Moz`, whichever is there. */
  readonly purpose: string | null
  readonly userAgent: string | null
}): Automation | null {
  const { method, purpose, userAgent } = request
  if (method === 'HEAD') return { kind: 'head', source: 'HEAD' }
  if (/prefetch|prerender|preview/i.test(purpose ?? '')) {
    return { kind: 'prefetch', source: (purpose ?? '').slice(0, MAX_SOURCE_LENGTH) }
  }
  const source = findName(LINK_SCANNERS, userAgent) ?? isbotMatch(userAgent)
  if (source === null) return null
  return { kind: 'link-scanner', source: source.slice(0, MAX_SOURCE_LENGTH) }
}

function findName(names: readonly string[], userAgent: string | null): string | null {
  const text = userAgent?.toLowerCase() ?? ''
  return names.find((name) => text.includes(name.toLowerCase())) ?? null
}
