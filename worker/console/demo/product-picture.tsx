import type { Child } from 'hono/jsx'

const SACK = 'M39 27c-7 15-8 35-4 51h50c4-16 3-36-4-51z'
const SACK_TOP = 'M38 27c14 5 30 5 44 0l-3-11c-12 4-26 4-38 0z'

const Sack = ({ tone, children }: { tone: string; children: Child }) => (
  <>
    <path class={tone} d={SACK} />
    <path class="fill-pale" d={SACK_TOP} />
    <path class="fill-pale" d="M46 44h28v24H46z" />
    {children}
  </>
)

const Ear = () => (
  <path d="M60 65V49m0 3c-3 0-5-2-5-4m5 4c3 0 5-2 5-4m-5 10c-3 0-5-2-5-4m5 4c3 0 5-2 5-4m-5 10c-3 0-5-2-5-4m5 4c3 0 5-2 5-4" />
)

const DRAWINGS: Readonly<Record<string, () => Child>> = {
  'rye-bread': () => (
    <>
      <path
        class="fill-deep"
        d="M17 61c-3-20 16-37 43-37s46 17 43 37c-1 9-7 13-15 13H32c-8 0-14-4-15-13z"
      />
      <path class="fill-pale" d="M38 36c8 6 10 16 8 28 7-10 5-22-3-31z" />
      <path class="fill-pale" d="M56 31c8 6 10 18 8 31 7-11 6-25-2-33z" />
      <path class="fill-pale" d="M75 34c7 6 9 15 7 27 6-9 6-20-1-29z" />
    </>
  ),
  'wheat-flour': () => (
    <Sack tone="fill-mid">
      <Ear />
    </Sack>
  ),
  'rye-flour': () => (
    <Sack tone="fill-deep">
      <path d="M50 51h20M50 56h20M50 61h12" />
    </Sack>
  ),
  'oat-flakes': () => (
    <>
      <path class="fill-pale" d="M28 45c6-12 18-18 32-18s26 6 32 18z" />
      <g class="fill-deep">
        <ellipse cx="45" cy="38" rx="5" ry="3" transform="rotate(-24 45 38)" />
        <ellipse cx="60" cy="34" rx="5" ry="3" transform="rotate(12 60 34)" />
        <ellipse cx="74" cy="39" rx="5" ry="3" transform="rotate(34 74 39)" />
        <ellipse cx="57" cy="42" rx="4" ry="2.4" />
        <ellipse cx="88" cy="22" rx="5" ry="3" transform="rotate(-30 88 22)" />
      </g>
      <path class="fill-mid" d="M22 45h76c0 20-15 32-38 32S22 65 22 45z" />
      <path d="M33 54c2 9 8 14 16 17" />
    </>
  ),
  'seed-crackers': () => (
    <>
      <rect
        class="fill-mid"
        x="26"
        y="26"
        width="46"
        height="40"
        rx="5"
        transform="rotate(-9 49 46)"
      />
      <rect
        class="fill-deep"
        x="50"
        y="32"
        width="46"
        height="40"
        rx="5"
        transform="rotate(8 73 52)"
      />
      <path
        class="seeds"
        d="m60 44 3 1m8-3 2 2m9 2 3 0m-24 9 2 2m9-3 3 1m7 3 2-2m-22 11 3 0m8 1 2-2m8 3 3 1M36 42l2-2m5 14 3 0m-13 2 2 2"
      />
    </>
  ),
  'bread-bag': () => (
    <>
      <path class="fill-pale" d="M42 32c-12 12-15 30-10 46h56c5-16 2-34-10-46z" />
      <path
        class="fill-mid"
        d="M42 32c-4-5-6-10-5-15 15 4 31 4 46 0 1 5-1 10-5 15-12 3-24 3-36 0z"
      />
      <path d="M33 58h54M32 63h56M33 68h54" />
      <path d="M42 32c12 3 24 3 36 0m0 0c6 1 9 4 10 8m-10-8c5-1 10 0 13 3" />
    </>
  ),
}

/** A small drawing of a product, coloured by the page's palette. */
export function ProductPicture({ id }: { id: string }) {
  return (
    <svg class="picture" viewBox="0 0 120 90" aria-hidden="true">
      {DRAWINGS[id]?.()}
    </svg>
  )
}
