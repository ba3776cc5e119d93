/** The look of the live page, in the colours of the demo page. */
export const LIVE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#f6f2e9, #181a18);
  --sheet: light-dark(#fffdf8, #20231f);
  --ink: light-dark(#1f2d2d, #e9e5da);
  --soft: light-dark(#586663, #a3aba5);
  --rule: light-dark(#ddd5c4, #353a35);
  --grain: light-dark(#8f4f1d, #dba468);
  --water: light-dark(#17646e, #79c4c9);
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace;
}
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1100px; margin: 0 auto; padding: 24px 20px 48px; }
h1 { margin: 0 0 16px; font: 400 30px/1.2 'Iowan Old Style', Palatino, Georgia, serif; }
[hidden] { display: none !important; }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 14px; margin: 0 0 12px; }
.soft { color: var(--soft); }
#fault { margin: 8px 0; min-height: 1.5em; color: var(--grain); }
input, select, button { font: inherit; color: inherit; }
input:not([type='checkbox']), select, button {
  padding: 5px 10px; border: 1px solid var(--rule); border-radius: 6px; background: var(--sheet);
}
#token { width: min(420px, 100%); }
button { cursor: pointer; }
button[aria-pressed='true'] { border-color: var(--grain); color: var(--grain); }
:focus-visible { outline: 2px solid var(--water); outline-offset: 2px; }
#state[data-state='live'] { color: var(--water); }
#state[data-state='retrying'], #state[data-state='refused'] { color: var(--grain); }
#items { margin: 0; padding: 0; list-style: none; border-top: 1px solid var(--rule); }
#items li { border-bottom: 1px solid var(--rule); }
summary { display: flex; flex-wrap: wrap; gap: 0 14px; padding: 5px 2px; cursor: pointer; }
[data-part='time'] { font: 13px/1.7 var(--mono); color: var(--soft); }
[data-part='kind'] { min-width: 84px; color: var(--water); overflow-wrap: anywhere; }
[data-kind='duplicate'] [data-part='kind'], [data-kind='discard'] [data-part='kind'] { color: var(--grain); }
[data-part='name'] { flex: 1; min-width: 0; overflow-wrap: anywhere; }
[data-part='who'] { color: var(--soft); overflow-wrap: anywhere; }
pre { margin: 0 0 10px; padding: 10px 12px; overflow: auto; max-height: 420px; background: var(--sheet); font: 12px/1.55 var(--mono); }
.json-key { color: var(--water); }
.json-other { color: var(--grain); }
`
