import type { Child } from 'hono/jsx'
import type { DemoPageProps } from './page.tsx'

const ARCHIVE_PATH = '/api/sources/local-website/archive'

/** Below the shop: how to send without it, and where everything is kept. */
export function SendOneYourself({
  writeKey,
  origin,
  sink,
}: Omit<DemoPageProps, 'source' | 'script'>) {
  return (
    <section class="yourself" aria-labelledby="yourself-title">
      <h2 id="yourself-title">Send one yourself</h2>
      <p>From a terminal; it appears in the list like the others.</p>
      <Sample label="Copy the curl command">{curlCommand(writeKey, origin)}</Sample>

      <h2>Two hostnames</h2>
      <p>
        Code that uses Segment stays as it is. Only the places it asks and sends to change. In a
        Node server:
      </p>
      <Sample label="Copy the Node code">{nodeCode(writeKey, origin)}</Sample>
      <dl class="hosts">
        <Host was="cdn.segment.com" use="script and settings" now={new URL(origin).host} />
        <Host was="api.segment.io" use="events" now={new URL(origin).host} />
      </dl>

      <h2>Where things are</h2>
      <p>
        The archive, as the API reads it; <code>?start=</code> and <code>&amp;end=</code> take ISO
        times:
      </p>
      <Sample label="Copy the archive command">{archiveCommand(origin)}</Sample>
      <Destination sink={sink} />
      <p class="small-print">
        This page can reach no other host: its content security policy forbids it. The people and
        the goods are invented.
      </p>
    </section>
  )
}

const Sample = ({ label, children }: { label: string; children: string }) => (
  <div class="sample">
    <pre tabindex={0}>{children}</pre>
    <button type="button" class="copy" data-copies aria-label={label}>
      Copy
    </button>
  </div>
)

const Host = ({ was, use, now }: { was: string; use: string; now: string }) => (
  <div>
    <dt>
      <del>{was}</del> <small>{use}</small>
    </dt>
    <dd>{now}</dd>
  </div>
)

function Destination({ sink }: { sink: string }): Child {
  if (sink === '') return null
  return (
    <p>
      The destination is a program of its own, outside of the Worker. See what it received at{' '}
      <a href={sink}>{new URL(sink).host}</a>.
    </p>
  )
}

function curlCommand(writeKey: string, origin: string): string {
  return `curl ${origin}/v1/track \\
  -H 'content-type: application/json' -d '{
  "writeKey": "${writeKey}",
  "userId": "user-2001",
  "event": "Flour Milled",
  "properties": { "grain": "spelt", "kilograms": 25 }
}'`
}

function nodeCode(writeKey: string, origin: string): string {
  return `import { Analytics } from '@segment/analytics-node'

const analytics = new Analytics({
  writeKey: '${writeKey}',
  host: '${origin}',
})
analytics.track({ userId: 'user-2001', event: 'Flour Milled' })
await analytics.closeAndFlush() // sends what waits; a server does without`
}

function archiveCommand(origin: string): string {
  return `curl ${origin}${ARCHIVE_PATH} \\
  -H 'authorization: Bearer local-admin-token'`
}
