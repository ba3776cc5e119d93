import { raw } from 'hono/html'
import { EVENT_TYPES } from '../../event/schema.ts'
import { LIVE_STYLE } from './style.ts'

/** Longest text of a filter. */
const MAX_FILTER_CHARACTERS = 256

/** The page of the live tail; it knows nothing before somebody gives it the token. */
export function LivePage() {
  return (
    <>
      {raw('<!DOCTYPE html>')}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>Live events – Millrace</title>
          <link rel="icon" href="data:," />
          <style>{raw(LIVE_STYLE)}</style>
          <script src="/console/live.js" defer />
        </head>
        <body>
          <main>
            <h1>Live events</h1>
            <SignIn />
            <Watch />
          </main>
          <ItemTemplate />
        </body>
      </html>
    </>
  )
}

/** No other host may be asked, and no other page may show this one in a frame. */
export function liveContentPolicy(origin: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `connect-src 'self' ${origin.replace(/^http/, 'ws')}`,
    "style-src 'unsafe-inline'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

const SignIn = () => (
  <form id="sign-in">
    <label for="token">The token of the API</label>
    <span class="row">
      <input id="token" type="password" required autocomplete="off" spellcheck={false} />
      <button type="submit">Watch</button>
    </span>
    <p id="fault" role="alert" />
    <p class="soft">It stays in the memory of this page: closed or loaded anew, it asks again.</p>
    <noscript>This page needs JavaScript.</noscript>
  </form>
)

const Watch = () => (
  <div id="watch" hidden>
    <p class="row">
      <label for="source">Source</label>
      <select id="source" />
      <span id="state" role="status" data-testid="state" />
    </p>
    <form id="filters" class="row" aria-label="Filters">
      {EVENT_TYPES.map((type) => (
        <label>
          <input type="checkbox" name="type" value={type} /> {type}
        </label>
      ))}
      <label>
        Name has <input name="name" maxlength={MAX_FILTER_CHARACTERS} />
      </label>
      <label>
        User or anonymous id <input name="user" maxlength={MAX_FILTER_CHARACTERS} />
      </label>
    </form>
    <p class="row">
      <button type="button" id="pause" aria-pressed="false">
        Pause
      </button>
      <button type="button" id="clear">
        Clear
      </button>
      <span class="soft">
        <span id="held">0</span> waiting, <span id="dropped">0</span> dropped because too much came
        at once
      </span>
    </p>
    <p id="empty" class="soft">
      Nothing yet: what is received from now on is shown here.
    </p>
    <ol id="items" aria-label="Events, newest first" />
  </div>
)

const ItemTemplate = () => (
  <template id="item">
    <li data-testid="live-item">
      <details>
        <summary>
          <span data-part="time" />
          <span data-part="kind" />
          <span data-part="name" />
          <span data-part="who" />
        </summary>
        <pre tabindex={0} data-part="json" />
      </details>
    </li>
  </template>
)
