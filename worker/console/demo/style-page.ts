/** Palette, type and layout of the page: paper on the left, water on the right. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#f6f2e9, #181a18);
  --sheet: light-dark(#fffdf8, #20231f);
  --ink: light-dark(#1f2d2d, #e9e5da);
  --soft: light-dark(#586663, #a3aba5);
  --rule: light-dark(#ddd5c4, #353a35);
  --grain: light-dark(#8f4f1d, #dba468);
  --pale: light-dark(#f7ead4, #3b3327);
  --mid: light-dark(#e6c898, #6d5636);
  --deep: light-dark(#c08a52, #94693c);
  --water: light-dark(#17646e, #79c4c9);
  --river: light-dark(#8cc0c2, #2f7d84);
  --panel: light-dark(#e3ecea, #111817);
  --bed: light-dark(#cbdad8, #26322f);
  --card: light-dark(#f8fbfa, #19211f);
  --serif: 'Iowan Old Style', 'Palatino Linotype', Palatino, 'URW Palladio L', 'Book Antiqua',
    Georgia, 'DejaVu Serif', serif;
  --sans: ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace;
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 var(--sans); }
h1, h2, h3, p, ul, ol, dl, dd, pre { margin: 0; padding: 0; }
ul, ol { list-style: none; }
[hidden] { display: none !important; }
h1 { font: 400 34px/1.15 var(--serif); letter-spacing: -0.012em; text-wrap: balance; }
h2 { font: 400 20px/1.25 var(--serif); }
small { font-size: inherit; color: var(--soft); }
a { color: var(--water); text-underline-offset: 2px; }
code, pre { font: 12px/1.55 var(--mono); }

.page {
  display: grid;
  grid-template: 'introduction stream' auto 'shop stream' auto 'yourself stream' 1fr
    / minmax(0, 1fr) minmax(0, 1.16fr);
  min-height: 100vh;
}
.introduction { grid-area: introduction; padding: 28px 40px 0; }
.shop { grid-area: shop; padding: 22px 40px 0; }
.yourself { grid-area: yourself; padding: 44px 40px 56px; }
.stream { grid-area: stream; }

.brand {
  display: flex; align-items: center; gap: 9px; margin-bottom: 18px;
  font: 400 19px/1 var(--serif); color: var(--water);
}
.brand-wheel { width: 28px; height: 28px; }
.wheel-turns { transform-box: view-box; transform-origin: center; transition: rotate 0.9s ease-out; }
.lead { margin-top: 10px; max-width: 62ch; color: var(--soft); text-wrap: pretty; }

button, select { font: inherit; color: inherit; cursor: pointer; }
button:disabled { cursor: default; opacity: 0.5; }
.quiet, .strong, .copy, select {
  border: 1px solid var(--rule); border-radius: 6px; background: transparent;
  padding: 5px 12px; font-size: 14px; line-height: 1.4;
}
.quiet:hover:enabled, .copy:hover, select:hover { border-color: var(--soft); }
.strong { background: var(--water); border-color: var(--water); color: var(--sheet); }
.strong:hover:enabled { background: color-mix(in oklab, var(--water), var(--ink) 18%); }
.copy { padding: 2px 9px; font-size: 12px; }
select, option { background-color: var(--sheet); }
:focus-visible { outline: 2px solid var(--water); outline-offset: 2px; }
.stream:focus { outline: none; }
.hidden {
  position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap;
}
.skip { position: absolute; left: -999px; top: 8px; padding: 6px 12px; background: var(--sheet); z-index: 3; }
.skip:focus { left: 8px; }

.yourself h2 { margin-top: 30px; }
.yourself h2:first-child { margin-top: 0; }
.yourself p { margin-top: 4px; max-width: 62ch; color: var(--soft); }
.sample { position: relative; margin: 10px 0 12px; }
.sample pre {
  overflow-x: auto; padding: 12px 76px 12px 14px; border: 1px solid var(--rule);
  border-radius: 8px; background: var(--sheet);
}
.sample .copy { position: absolute; top: 8px; right: 8px; background: var(--sheet); }
.hosts { margin-top: 12px; border-top: 1px solid var(--rule); font-size: 14px; }
.hosts div {
  display: flex; flex-wrap: wrap; justify-content: space-between; gap: 2px 16px;
  padding: 7px 2px; border-bottom: 1px solid var(--rule);
}
.hosts dt, .hosts dd { font: 13px/1.5 var(--mono); }
.hosts del { text-decoration-color: var(--grain); }
.hosts small { font: 13px var(--sans); margin-left: 8px; }
.hosts dd { color: var(--water); }
.yourself .small-print { margin-top: 26px; font-size: 13px; }

@media (max-width: 1060px) {
  .page {
    grid-template: 'introduction' auto 'shop' auto 'stream' auto 'yourself' auto / minmax(0, 1fr);
  }
  h1 { font-size: 29px; }
  .introduction { padding: 22px 20px 0; }
  .shop { padding: 22px 20px 28px; }
  .yourself { padding: 32px 20px 44px; }
  .sample pre { padding: 12px 14px 44px; }
  .sample .copy { top: auto; bottom: 9px; left: 14px; right: auto; }
}
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important; }
}
`
