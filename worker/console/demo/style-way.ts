/** The drawn way: six stations on a channel that fills as an event passes. */
export const WAY_STYLE = `
.way { padding: 30px 32px 18px; }
.way-of { margin-left: 4px; font-style: italic; color: var(--water); }
.way-of:not(:empty)::before { content: '– '; font-style: normal; }
.path { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); margin: 18px -10px 0; }
.path li {
  --fill: 0;
  position: relative; display: flex; flex-direction: column; align-items: center; text-align: center;
}
.path li[data-state='reached'] { --fill: 1; }

/* The channel from the station before: its bed, and the water in it. */
.path li + li::before, .path li + li::after {
  content: ''; position: absolute; top: 20px; right: calc(50% + 22px); width: calc(100% - 44px); height: 8px;
}
.path li + li::before { background: var(--bed); border-block: 1px solid color-mix(in oklab, var(--bed), var(--ink) 14%); }
.path li + li::after {
  background: var(--river); transform: scaleX(var(--fill)); transform-origin: left;
}
.path li[data-state='reached']::after { transition: transform 0.45s ease-in; }
.path li[data-state='next']::before {
  background: repeating-linear-gradient(100deg, var(--river) 0 6px, var(--bed) 6px 18px) 0 0 / 36px 100%;
  animation: flow 0.9s linear infinite;
}
@keyframes flow { to { background-position-x: 36px; } }

.station-icon {
  display: grid; place-items: center; width: 48px; height: 48px; border: 1.5px solid var(--bed);
  border-radius: 50%; background: var(--panel); color: var(--soft); z-index: 1;
}
.station-icon svg {
  width: 24px; height: 24px; fill: none; stroke: currentColor; stroke-width: 1.6;
  stroke-linecap: round; stroke-linejoin: round;
}
.path li[data-state='reached'] .station-icon {
  border-color: var(--water); background: var(--water); color: var(--panel);
  transition: background 0.3s 0.3s, color 0.3s 0.3s, border-color 0.3s 0.3s;
}
/* The last station is the wheel that the channel drives. */
.path li[data-station='destination'] .station-icon { border-color: transparent; background: none; }
.path li[data-station='destination'][data-state='reached'] .station-icon { color: var(--water); }
.path li[data-station='destination']::before, .path li[data-station='destination']::after {
  right: calc(50% + 27px); width: calc(100% - 49px);
}
.station-icon .wheel { width: 62px; height: 62px; margin: -7px; }
.station-name { margin-top: 7px; font: 400 15.5px/1.25 var(--serif); }
.station-kind { font-size: 12.5px; line-height: 1.35; color: var(--soft); }
.station-time {
  min-height: 1.5em; font-size: 12.5px; font-variant-numeric: tabular-nums; color: var(--water);
}
.way-text { margin-top: 8px; max-width: 92ch; font-size: 14px; color: var(--soft); text-wrap: pretty; }

@media (max-width: 560px) {
  .way { padding: 26px 20px 16px; }
  .path { grid-template-columns: minmax(0, 1fr); margin: 14px 0 0; }
  .path li {
    display: grid; grid-template: 'icon name time' auto 'icon kind time' auto / 40px 1fr auto;
    column-gap: 14px; align-items: center; text-align: left; padding-bottom: 16px;
  }
  .path li + li::before, .path li + li::after { top: -16px; left: 16px; right: auto; width: 8px; height: 16px; }
  .path li[data-station='destination']::before, .path li[data-station='destination']::after {
    right: auto; width: 8px; height: 12px;
  }
  .path li + li::before { border: 0; }
  .path li + li::after { transform: scaleY(var(--fill)); transform-origin: top; }
  .path li[data-state='next']::before {
    background: repeating-linear-gradient(170deg, var(--river) 0 4px, var(--bed) 4px 12px) 0 0 / 100% 24px;
    animation-name: fall;
  }
  .station-icon { grid-area: icon; width: 40px; height: 40px; }
  .station-icon svg { width: 21px; height: 21px; }
  .station-icon .wheel { width: 48px; height: 48px; margin: -4px; }
  .station-name { grid-area: name; align-self: end; margin: 0; }
  .station-kind { grid-area: kind; align-self: start; }
  .station-time { grid-area: time; }
}
@keyframes fall { to { background-position-y: 24px; } }
`
