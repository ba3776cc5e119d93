/** A change of analytics.js by an exact text; the build fails unless it occurs this often. */
export interface Patch {
  readonly name: string
  readonly find: string
  readonly times: number
  readonly replacement: string
}

/** Holes for what a source's script is made of, filled by `worker/sdk/render-script.ts`. */
const [KEY, HOME, BASE, SETTINGS, OPTIONS] = ['KEY', 'HOME', 'BASE', 'SETTINGS', 'OPTIONS'].map(
  (name) => `@@${name}@@`,
)

/** Names of chunks that tell what they are; by the number alone they do not. */
const CHUNK_NAMES =
  '{10:"tsub-middleware",50:"ajs-destination",104:"schemaFilter",248:"auto-track",521:"remoteMiddleware",538:"queryString",694:"legacyVideos"}'

/**
 * Appends events to the queue that the SDK itself keeps in localStorage and sends at the next page;
 * false where there is no storage, or the page wants nothing stored (`Q`). `F` has the batches under way.
 */
const KEEP =
  'var F=[];function P(t){if(Q)return!1;try{var e="persisted-queue:v1:"+t[0].writeKey+":dest-Segment.io:items",n=localStorage;' +
  'n.setItem(e,JSON.stringify(JSON.parse(n.getItem(e)||"[]").concat(t.map((function(t){return{event:t,id:t.messageId}})))));' +
  'return!0}catch(t){return!1}}'

/** A new id as soon as the old one is reset: else the server's cookie would bring the old one back. */
const LOAD =
  `n.load({writeKey:t,cdnSettings:${SETTINGS}},${OPTIONS}).then((function(t){` +
  'var e=t[0].user(),n=function(){e.anonymousId()};t[0].on("reset",n);n();return t}))'

const HOME_PATCHES: readonly Patch[] = [
  { name: 'write key', find: '"__WRITE_KEY__"', times: 1, replacement: `${KEY}` },
  { name: 'events', find: '"api.segment.io/v1"', times: 1, replacement: `${HOME}` },
  {
    name: 'polyfill', // nothing lies there: browsers before 2017 do not start it
    find: '"https://cdnjs.cloudflare.com/ajax/libs/babel-polyfill/7.7.0/polyfill.min.js"',
    times: 1,
    replacement: `${BASE}+"/old.js"`,
  },
  { name: 'CDN', find: '"https://cdn.segment.com', times: 3, replacement: `${BASE}+"` },
  { name: 'chunk folder', find: '/analytics-next/bundles/', times: 2, replacement: '/' },
  { name: 'settings', find: 'n.load({writeKey:t},e)', times: 1, replacement: LOAD },
]

/** With the key in the body and the count in `_metadata.retryCount` no request needs a preflight. */
const HEADER_PATCHES: readonly Patch[] = [
  ...['c.Authorization="Basic ".concat(l)', 'o.Authorization="Basic ".concat(s)'].map((find) => ({
    name: `credentials, ${find.slice(0, 1)}`,
    find,
    times: 1,
    replacement: '',
  })),
  ...['o>0&&(c["X-Retry-Count"]=String(o))', 'i&&(o["X-Retry-Count"]=String(i))'].map((find) => ({
    name: `retry count, ${find.slice(0, 1)}`,
    find,
    times: 1,
    replacement: '0',
  })),
]

const GUESS_PATCHES: readonly Patch[] = [
  {
    name: 'host by script tag', // a stock tag on the page would send our chunks to Segment
    find: 'a=/(https:\\/\\/.*)\\/analytics\\.js\\/v1\\/(?:.*?)\\/(?:platform|analytics.*)?/',
    times: 1,
    replacement: 'a=/(?!)/',
  },
  {
    name: 'fallback after a CSP report', // of another script, too
    find: 't.blockedURI.includes("cdn.segment")',
    times: 1,
    replacement: '!1',
  },
  {
    name: 'chunk names',
    find: `${CHUNK_NAMES}[t]||t)+".bundle."+`,
    times: 1,
    replacement: 't)+"."+',
  },
  {
    name: 'source map',
    find: '\n//# sourceMappingURL=standalone.js.map',
    times: 1,
    replacement: '',
  },
]

/** The browser lets a page send 64 KiB after it is closed: two thirds of it in one batch at most. */
const BATCH_PATCHES: readonly Patch[] = [
  {
    name: 'size of a batch',
    find: 'function kt(t){return St(t)>=450}',
    times: 1,
    replacement: 'function kt(t){return St(t)>=30}',
  },
  {
    name: 'size of a last batch',
    find: 'St(e[n])>=64&&n++',
    times: 1,
    replacement: 'St(e[n])>=30&&n++',
  },
  {
    name: 'batch under way',
    find: 'function C(r,o){var a;if(0!==r.length){',
    times: 1,
    replacement: `${KEEP}function C(r,o){var a;if(0!==r.length){d||F.push(r);`,
  },
  {
    name: 'batch settled',
    find: '.finally((function(){b=!1}))',
    times: 1,
    replacement: '.finally((function(){b=!1,F=F.filter((function(t){return t!==o}))}))',
  },
  {
    name: 'persistence',
    find: 'jt(h,b.config,g,v)',
    times: 1,
    replacement: 'jt(h,b.config,g,v,e.options.disableClientPersistence)',
  },
  {
    name: 'persistence, asked',
    find: 'function jt(e,n,r,i){',
    times: 1,
    replacement: 'function jt(e,n,r,i,Q){',
  },
  {
    name: 'last batches',
    find: '.map((function(t){return C(t,0)}));Promise.all(e).catch(console.error)',
    times: 1,
    replacement:
      ';if(!g&&navigator.onLine){l=[];e.forEach((function(t){C(t,0).catch((function(){l=t.concat(l),g=!0,j(1)}))}))}',
  },
  {
    name: 'closing',
    find: 'window.addEventListener("pagehide",(function(){c||u(c=!0)}))',
    times: 1,
    replacement:
      'window.addEventListener("pagehide",(function(){F.forEach(P);l.length&&(g||!navigator.onLine)&&P(l)&&(l=[]);u(c=!0)}))',
  },
]

/** All changes of `standalone.js`; why each is made is in ARCHITECTURE.md. */
export const PATCHES: readonly Patch[] = [
  ...HOME_PATCHES,
  ...HEADER_PATCHES,
  ...GUESS_PATCHES,
  ...BATCH_PATCHES,
]

/** Applies patches one after the other; throws by the name of one whose text is not as often there. */
export function applyPatches(script: string, patches: readonly Patch[]): string {
  return patches.reduce((text, { name, find, times, replacement }) => {
    const parts = text.split(find)
    const found = parts.length - 1
    if (found === times) return parts.join(replacement)
    throw new Error(
      `patch "${name}" of analytics.js: its text is there ${found} times, not ${times}`,
    )
  }, script)
}
