/**
 * Where a link may lead: an http or https address whose host is on the list (`www.example.com`, with
 * the port if it is not the usual one). Null for all else: a link of ours never leads where a
 * stranger wants.
 */
export function decideRedirect(target: string, hosts: readonly string[]): string | null {
  if (!URL.canParse(target)) return null
  const { protocol, username, password, host, href } = new URL(target)
  if (protocol !== 'https:' && protocol !== 'http:') return null
  if (username !== '' || password !== '') return null
  return hosts.some((allowed) => allowed.toLowerCase() === host) ? href : null
}
