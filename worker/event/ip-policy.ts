import { parseJson } from './parse-json.ts'

/** What a source keeps of an address: all of it, its network, or nothing. */
export type IpPolicy = 'keep' | 'truncate' | 'drop'

const IPV4 = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/
/** The groups of a /48 network: what one site has at most. */
const KEPT_GROUPS = 3
const IPV6_GROUPS = 8

/** What may be stored of an address; null when nothing may, or when a text to cut is no address. */
export function applyIpPolicy(ip: string, policy: IpPolicy): string | null {
  switch (policy) {
    case 'keep':
      return ip
    case 'truncate':
      return truncateIp(ip)
    case 'drop':
      return null
  }
}

/** The same value of JSON, in which the policy holds for every field named `ip`. */
export function applyIpPolicyWithin(value: unknown, policy: IpPolicy): unknown {
  const text = JSON.stringify(value, (name, field) => {
    if (name !== 'ip' || policy === 'keep') return field
    return (typeof field === 'string' ? applyIpPolicy(field, policy) : null) ?? undefined
  })
  return text === undefined ? undefined : parseJson(text)
}

/** An IPv4 address's /24, an IPv6 address's /48; null for any other text. */
export function truncateIp(ip: string): string | null {
  const network = IPV4.exec(ip)?.[1]
  if (network !== undefined) return `${network}.0`
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(ip)?.[1]
  if (mapped !== undefined) return truncateIp(mapped)
  return ipv6Network(ip, KEPT_GROUPS)
}

/** The first 16-bit groups of an IPv6 address; null for any other text. */
export function ipv6Network(ip: string, groups: number): string | null {
  const expanded = expandIpv6(ip)
  if (expanded === null) return null
  const kept = expanded.slice(0, groups).map((group) => Number.parseInt(group, 16).toString(16))
  return `${kept.join(':')}::`
}

function expandIpv6(ip: string): string[] | null {
  const sides = ip.split('::')
  if (!ip.includes(':') || sides.length > 2) return null
  const [head = [], tail = []] = sides.map((side) => (side === '' ? [] : side.split(':')))
  const missing = IPV6_GROUPS - head.length - tail.length
  if (sides.length === 2 ? missing < 1 : missing !== 0) return null
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail]
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) ? groups : null
}
