const SPOKES = [0, 45, 90, 135]
const BUCKETS = [0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330]

/** The mill wheel: the mark of the page, and its last station. */
export function MillWheel({ name }: { name: string }) {
  return (
    <svg class={name} viewBox="0 0 48 48" aria-hidden="true">
      <g class="wheel-turns" fill="none" stroke="currentColor" stroke-width="1.8">
        <circle cx="24" cy="24" r="21" />
        <circle cx="24" cy="24" r="14.5" />
        <circle cx="24" cy="24" r="3" fill="currentColor" />
        {SPOKES.map((angle) => (
          <path d="M9.5 24h29" transform={`rotate(${angle} 24 24)`} />
        ))}
        {BUCKETS.map((angle) => (
          <path d="M24 9.5 27.4 3.3" transform={`rotate(${angle} 24 24)`} />
        ))}
      </g>
    </svg>
  )
}
