import { raw } from 'hono/html'
import { MillWheel } from './mill-wheel.tsx'
import { SendOneYourself } from './send-one-yourself.tsx'
import { Shop } from './shop.tsx'
import { Stream } from './stream.tsx'
import { PAGE_STYLE } from './style-page.ts'
import { SHOP_STYLE } from './style-shop.ts'
import { STREAM_STYLE } from './style-stream.ts'
import { WAY_STYLE } from './style-way.ts'

/** What the page needs of its server: the key events are sent with, their source, analytics.js, and the two ends of their way. */
export interface DemoPageProps {
  readonly writeKey: string
  readonly source: string
  readonly script: string
  readonly origin: string
  readonly sink: string
}

const STYLE = [PAGE_STYLE, SHOP_STYLE, WAY_STYLE, STREAM_STYLE].join('\n')

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" fill="none" stroke="#2f7f88" stroke-width="4"><circle cx="24" cy="24" r="15"/><path d="M24 4v40M4 24h40M10 10l28 28M38 10 10 38"/></svg>',
)}`

/** The front page of a local run: a demo shop, and beside it the way of each of its events. */
export function DemoPage({ writeKey, source, script, origin, sink }: DemoPageProps) {
  return (
    <>
      {raw('<!DOCTYPE html>')}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta http-equiv="Content-Security-Policy" content={contentPolicy(origin)} />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>Millrace on this machine</title>
          <link rel="icon" href={ICON} />
          <style>{raw(STYLE)}</style>
          <script src="/demo/client.js" defer />
        </head>
        <body data-write-key={writeKey} data-source={source} data-script={script}>
          <a class="skip" href="#stream">
            Skip to the events
          </a>
          <main class="page">
            <Introduction />
            <Shop />
            <Stream sink={sink} />
            <SendOneYourself writeKey={writeKey} origin={origin} sink={sink} />
          </main>
        </body>
      </html>
    </>
  )
}

/** No other host may be asked, whatever a script on this page tries. */
function contentPolicy(origin: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' ${origin}`,
    `connect-src 'self' ${origin} ${origin.replace(/^http/, 'ws')}`,
    "style-src 'unsafe-inline'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

const Introduction = () => (
  <header class="introduction">
    <p class="brand">
      <MillWheel name="brand-wheel" />
      Millrace
    </p>
    <h1>Click in the shop, follow the event.</h1>
    <p class="lead">
      An event says what someone did: “Greta put rye bread in her basket.” Millrace collects such
      events, keeps them and passes them on to your other tools, as the service Segment does; this
      page sends them by Segment’s own script. All of it runs on this machine; nothing leaves it.
    </p>
  </header>
)
