import { browserSettings, type Home } from './project-settings.ts'

/** What a snippet starts: Segment's script on a page, its npm build, or its SDK on a server. */
export const SNIPPETS = ['html', 'npm', 'node'] as const
export type SnippetKind = (typeof SNIPPETS)[number]

/** Whose snippet, and where its SDK finds us. */
export interface SnippetOf {
  readonly writeKey: string
  readonly home: Home
  /** Name of the cookie by which a visitor opts out, or null where signals are not honoured. */
  readonly optOutCookie: string | null
}

/** The code that starts collecting for a source. */
export function writeSnippet(kind: SnippetKind, of: SnippetOf): string {
  switch (kind) {
    case 'html':
      return writeHtml(of)
    case 'npm':
      return writeNpm(of)
    case 'node':
      return writeNode(of)
  }
}

/** Calls that are kept until the script is there: those of Segment's snippet, and four that it forgets. */
const METHODS =
  'trackSubmit trackClick trackLink trackForm pageview identify reset group track ready alias debug page ' +
  'screen once off on addSourceMiddleware addIntegrationMiddleware setAnonymousId addDestinationMiddleware ' +
  'register deregister user queryString use'
/** What is asked of `user()` and `group()`: without the script nobody is known. */
const QUESTIONS = 'id anonymousId traits'
/** More calls than this are not kept: the script may be blocked for good. */
const MAX_KEPT_CALLS = 1_000

/**
 * The stub makes each call by itself once the script is there, grouped by method as Segment's does. It
 * catches whatever happens: a page must not notice that the script is blocked. A call of this kind notes
 * the page at its time, because an app of one page may have gone on when the script comes.
 */
function writeHtml({ writeKey, home }: SnippetOf): string {
  const source = `${home.protocol}://${home.host}/${home.path}/${encodeURIComponent(writeKey)}.js`
  return `<script>
!function(w,d){try{var a=w.analytics=w.analytics||[];if(a.initialize||a.invoked)return;a.invoked=!0;a.load=function(){};
"${METHODS}".split(" ").forEach(function(m){a[m]=function(){try{
if(w.analytics!==a)return w.analytics[m].apply(w.analytics,arguments);
var r=[].slice.call(arguments),l=d.querySelector("link[rel=canonical]"),p=w.location;
/^(track|screen|alias|group|page|identify)$/.test(m)&&r.push({__t:"bpc",c:l&&l.getAttribute("href")||void 0,
p:p.pathname,u:p.href,s:p.search,t:d.title,r:d.referrer});
r.unshift(m);a.length<${MAX_KEPT_CALLS}&&a.push(r)}catch(e){}return a}});
"${QUESTIONS}".split(" ").forEach(function(m){a[m]=function(){}});
var s=d.createElement("script");s.async=!0;s.src=${JSON.stringify(source)};
(d.head||d.documentElement).appendChild(s);a.page()}catch(e){}}(window,document)
</script>
`
}

/** The npm build is Segment's own: with the key in the path it needs no preflight, if it is given no `apiKey`. */
function writeNpm({ writeKey, home, optOutCookie }: SnippetOf): string {
  const path = `${home.path}/k/${encodeURIComponent(writeKey)}`
  const settings = browserSettings(writeKey, { ...home, path })
  const { apiKey: _, ...keyless } = settings.integrations['Segment.io']
  const cdnSettings = { ...settings, integrations: { 'Segment.io': keyless } }
  const load = {
    writeKey,
    cdnURL: `${home.protocol}://${home.host}/${home.path}`,
    cdnSettings,
  }
  const options = optOutCookie === null ? '' : `, ${writeDisable(optOutCookie)}`
  return `import { AnalyticsBrowser } from "@segment/analytics-next"

export const analytics = AnalyticsBrowser.load(${JSON.stringify(load, null, 2)}${options})
analytics.page()
`
}

const writeDisable = (cookie: string): string => `{
  disable: () => navigator.globalPrivacyControl === true || /(^|; )${cookie}=/.test(document.cookie),
}`

function writeNode({ writeKey, home }: SnippetOf): string {
  return `import { Analytics } from "@segment/analytics-node"

export const analytics = new Analytics({
  writeKey: ${JSON.stringify(writeKey)},
  host: ${JSON.stringify(`${home.protocol}://${home.host}`)},
})
`
}
