import { Path } from './path.tsx'

/** The right side: the way of an event, the counts, and the live list. */
export function Stream({ sink }: { sink: string }) {
  return (
    <section class="stream" id="stream" aria-labelledby="stream-title" tabindex={-1}>
      <Path />
      <div class="stream-head">
        <h2 id="stream-title">Events</h2>
        <p class="live" id="live" data-state="starting" data-testid="feed-state" role="status">
          connecting
        </p>
        <Totals />
        <p class="reasons" id="reasons" data-testid="reasons" hidden />
      </div>
      <LiveStrip />
      <div class="list-frame">
        <button type="button" class="newer" id="newer" hidden>
          New events
        </button>
        <section class="list" id="list" aria-label="Events, newest first" tabindex={0}>
          <p class="list-empty" id="list-empty">
            Nothing has arrived yet. Put something in the basket.
          </p>
          <ol id="cards" />
        </section>
      </div>
      <p class="hidden" role="status" id="announcer" />
      <CardTemplate sink={sink} />
    </section>
  )
}

/** What the log took last, before it is in the archive; what is refused or doubled never gets there. */
const LiveStrip = () => (
  <section class="strip" aria-labelledby="strip-title">
    <h3 id="strip-title">
      Live from the log <small id="strip-state">connecting</small>
    </h3>
    <ol id="strip" />
    <template id="strip-item">
      <li data-testid="live-item">
        <span data-part="time" />
        <span data-part="kind" />
        <span data-part="name" />
        <span data-part="who" />
      </li>
    </template>
  </section>
)

const TOTALS = [
  { key: 'received', label: 'received' },
  { key: 'archived', label: 'archived' },
  { key: 'duplicates', label: 'duplicates' },
  { key: 'discarded', label: 'discarded' },
] as const

const SIGNS = ['', '=', '+', '+']

const Totals = () => (
  <dl class="totals">
    {TOTALS.map(({ key, label }, index) => (
      <div data-total={key}>
        <dt>{label}</dt>
        <dd>
          <span class="sign">{SIGNS[index]}</span>
          <span data-testid={`total-${key}`}>0</span>
        </dd>
      </div>
    ))}
    <div class="on-the-way" id="on-the-way" hidden>
      <dt>on the way</dt>
      <dd>
        <span class="sign">+</span>
        <span data-testid="total-on-the-way">0</span>
      </dd>
    </div>
  </dl>
)

const STEPS = ['sent', 'logged', 'archived', 'delivered']

const CardTemplate = ({ sink }: { sink: string }) => (
  <template id="card">
    <li class="card" data-testid="event">
      <details>
        <summary>
          <span class="card-line">
            <span class="card-type" data-part="type" />
            <span class="card-name" data-part="name" />
            <span class="card-detail" data-part="detail" />
            <span class="card-who" data-part="who" />
          </span>
          <span class="steps">
            {STEPS.map((step) => (
              <span class="step" data-part={step}>
                {step}
              </span>
            ))}
            <span class="card-copies" data-part="copies" hidden />
          </span>
        </summary>
        <CardBody sink={sink} />
      </details>
    </li>
  </template>
)

const CardBody = ({ sink }: { sink: string }) => (
  <div class="card-body">
    <div class="where">
      <span class="where-label">Where it is</span>
      <code data-part="chunk" />
      <button type="button" class="copy" data-part="copy-chunk" hidden>
        Copy
      </button>
    </div>
    <div class="bodies">
      <div class="body">
        <h3>
          Archived <small>one line of that file, in R2</small>
        </h3>
        <pre tabindex={0} data-part="archived-json" />
      </div>
      <div class="body">
        <h3>
          Delivered <small>{sink === '' ? 'to the webhook' : new URL(sink).host}</small>
        </h3>
        <pre tabindex={0} data-part="delivered-json" />
      </div>
    </div>
  </div>
)
