import type { Child } from 'hono/jsx'
import { MillWheel } from './mill-wheel.tsx'

interface Station {
  readonly key: string
  readonly name: string
  readonly kind: string
  readonly icon: Child
}

const Icon = ({ d }: { d: string }) => (
  <svg viewBox="0 0 24 24" aria-hidden="true">
    <path d={d} />
  </svg>
)

const STATIONS: readonly Station[] = [
  {
    key: 'browser',
    name: 'Browser',
    kind: 'analytics.js',
    icon: <Icon d="M3.5 5h17v14h-17zM3.5 9h17M6.2 7h.1m2.2 0h.1" />,
  },
  {
    key: 'collector',
    name: 'Collector',
    kind: 'a Worker',
    icon: <Icon d="M3.5 5h17l-6.5 8v6l-4-2v-4z" />,
  },
  {
    key: 'log',
    name: 'Log',
    kind: 'Durable Object',
    icon: <Icon d="M6 3.5h12v17H6zM9 8h6m-6 4h6m-6 4h4" />,
  },
  {
    key: 'archive',
    name: 'Archive',
    kind: 'files in R2',
    icon: <Icon d="M3.5 5h17v4.5h-17zM5 9.5h14V19H5zM10 13h4" />,
  },
  {
    key: 'queue',
    name: 'Queue',
    kind: 'wakes delivery',
    icon: <Icon d="M3.5 9h4.2v6H3.5zm6.4 0h4.2v6H9.9zm6.4 0h4.2v6h-4.2z" />,
  },
  {
    key: 'destination',
    name: 'Destination',
    kind: 'a webhook',
    icon: <MillWheel name="wheel" />,
  },
]

/** The drawn way of an event; the browser script lights the stations it has reached. */
export function Path() {
  return (
    <section class="way" aria-labelledby="way-title">
      <h2 id="way-title">
        The way of an event <span class="way-of" data-part="following" />
      </h2>
      <ol class="path" id="path">
        {STATIONS.map((station) => (
          <li data-station={station.key} data-state="waiting">
            <span class="station-icon">{station.icon}</span>
            <span class="station-name">{station.name}</span>
            <span class="station-kind">{station.kind}</span>
            <span class="station-time" data-part="time" />
          </li>
        ))}
      </ol>
      <p class="way-text">
        The browser gets its answer once the log holds the event on disk. Then it is written to a
        file in the archive and sent on to each destination: again and again while that does not
        answer, once if it refuses. A Worker is code on Cloudflare’s network, a Durable Object a
        small database with its own code, R2 a store for files.
      </p>
    </section>
  )
}
