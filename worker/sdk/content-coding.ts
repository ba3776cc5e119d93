/** How a body is compressed, by its name in `Content-Encoding`. */
export type Coding = 'br' | 'gzip' | 'identity'

/** The smallest coding that an `Accept-Encoding` allows; one with `q=0` it does not. */
export function chooseCoding(accepted: string): Coding {
  const codings = accepted.toLowerCase().split(',').map(readCoding)
  const allows = (name: string) => codings.some((each) => each.name === name && each.isAllowed)
  if (allows('br')) return 'br'
  return allows('gzip') ? 'gzip' : 'identity'
}

/** Whether an `If-None-Match` names an ETag; a proxy that compressed anew has made it a weak one. */
export function isNamed(etag: string, ifNoneMatch: string): boolean {
  return ifNoneMatch.split(',').some((each) => each.trim().replace(/^W\//, '') === etag)
}

function readCoding(text: string): { readonly name: string; readonly isAllowed: boolean } {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim())
  return { name, isAllowed: !parameters.some((each) => /^q=0(\.0*)?$/.test(each)) }
}
