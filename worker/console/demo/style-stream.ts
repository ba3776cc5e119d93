/** The right side: counts, and the list of events. */
export const STREAM_STYLE = `
.stream {
  position: sticky; top: 0; display: flex; flex-direction: column; height: 100vh; height: 100dvh;
  background: var(--panel); border-left: 1px solid var(--bed);
}
.stream-head {
  display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 12px;
  margin: 0 32px; padding: 12px 0 9px; border-top: 1px solid var(--bed);
}
.live { font-size: 13px; color: var(--soft); }
.live::before {
  content: ''; display: inline-block; width: 8px; height: 8px; margin-right: 6px; border-radius: 50%;
  background: var(--soft);
}
.live[data-state='live']::before { background: var(--water); }
.live[data-state='retrying'] { color: var(--grain); }
.live[data-state='retrying']::before { background: var(--grain); }
.totals { display: flex; flex-wrap: wrap; gap: 2px 9px; width: 100%; font-size: 13px; }
.totals div { display: flex; flex-direction: row-reverse; gap: 5px; }
.totals dt, .sign { color: var(--soft); }
.sign { margin-right: 5px; }
.sign:empty { margin: 0; }
.totals dd { font-variant-numeric: tabular-nums; font-weight: 600; }
.sign { font-weight: 400; }

  .reasons { flex: 1 0 100%; margin-top: 2px; font-size: 13px; color: var(--grain); overflow-wrap: anywhere; }
.strip { margin: 0 32px; padding: 6px 0 9px; border-top: 1px solid var(--bed); font-size: 13px; }
.strip h3 { font: 600 13px/1.6 var(--sans); }
.strip h3 small { font-weight: 400; }
.strip ol { min-height: 63px; }
.strip li { display: flex; gap: 10px; height: 21px; white-space: nowrap; }
.strip span { overflow: hidden; text-overflow: ellipsis; }
.strip [data-part='time'] { flex: none; font: 12px/1.8 var(--mono); color: var(--soft); }
.strip [data-part='kind'] { flex: 0 1 auto; min-width: 66px; color: var(--water); }
.strip [data-kind='duplicate'] [data-part='kind'], .strip [data-kind='discard'] [data-part='kind'] { color: var(--grain); }
.strip [data-part='name'] { flex: 1; min-width: 0; }
.strip [data-part='who'] { flex: none; max-width: 35%; color: var(--soft); }
.list-frame { position: relative; flex: 1; min-height: 0; }
.list { height: 100%; overflow-y: auto; overflow-anchor: none; padding: 2px 32px 32px; scrollbar-width: thin; }
.list:focus-visible { outline-offset: -2px; }
/* Room to keep an open card in its place, however few there are. */
.list:has(details[open]) { padding-bottom: 80vh; }
.list-empty { padding: 28px 0; color: var(--soft); }
.newer {
  position: absolute; z-index: 1; top: -34px; right: 32px; border: 0; border-radius: 99px;
  padding: 4px 14px; background: var(--water); color: var(--panel); font-size: 13px;
}
.newer::before { content: '↑ '; }

.card { margin-top: 7px; border: 1px solid var(--bed); border-radius: 9px; background: var(--card); animation: arrive 0.5s ease-out; }
@keyframes arrive { from { opacity: 0; translate: 0 -6px; } }
.card summary { display: block; padding: 8px 14px 9px; border-radius: 9px; cursor: pointer; }
.card summary::-webkit-details-marker { display: none; }
.card summary:hover .card-name { text-decoration: underline; text-underline-offset: 3px; text-decoration-thickness: 1px; }
.card-line { display: flex; align-items: baseline; gap: 10px; }
.card-type { order: 3; flex: none; font: 11.5px/1.6 var(--mono); color: var(--soft); }
.card-name { flex: none; max-width: 60%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font: 400 16.5px/1.4 var(--serif); }
.card-detail { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 14px; color: var(--soft); }
.card-who { order: 2; flex: none; max-width: 40%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 13px; }
.steps { display: flex; flex-wrap: wrap; gap: 0 16px; margin-top: 1px; font-size: 12.5px; font-variant-numeric: tabular-nums; }
.step { color: var(--soft); white-space: nowrap; }
.step::before {
  content: ''; display: inline-block; width: 7px; height: 7px; margin-right: 6px; border-radius: 50%;
  border: 1.5px solid var(--river);
}
.step[data-reached='true'] { color: var(--ink); }
.step[data-reached='true']::before { background: var(--water); border-color: var(--water); }
.card-copies { margin-left: auto; color: var(--grain); }

.card-body { padding: 2px 14px 14px; container-type: inline-size; }
.where { display: flex; align-items: center; gap: 10px; padding: 7px 0; border-top: 1px solid var(--bed); font-size: 13px; }
.where-label { flex: none; color: var(--soft); }
.where code { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.bodies { display: grid; gap: 10px; }
.body { min-width: 0; }
.body h3 { font: 600 13px/1.6 var(--sans); }
.body h3 small { font-weight: 400; }
.body pre {
  height: 300px; overflow: auto; padding: 9px 11px; border-radius: 7px; background: var(--panel);
  font-size: 11.5px; scrollbar-width: thin;
}
.json-key { color: var(--water); }
.json-text { color: var(--ink); }
.json-other { color: var(--grain); }
@container (min-width: 560px) { .bodies { grid-template-columns: 1fr 1fr; } }

@media (max-width: 1060px) {
  .stream { position: static; height: auto; border: 0; border-block: 1px solid var(--bed); }
  .list-frame { height: 80vh; height: 80svh; flex: none; }
  .list:has(details[open]) { padding-bottom: 60vh; }
}
@media (max-width: 560px) {
  .stream-head, .strip { margin: 0 20px; }
  .list { padding-inline: 20px; }
  .newer { right: 20px; }
  .card-line { flex-wrap: wrap; gap: 0 8px; }
  .card-detail { order: 4; flex: 1 0 100%; }
  .card-name { max-width: 70%; }
  .card-who { margin-left: auto; }
  .card-type { display: none; }
  .where { flex-wrap: wrap; justify-content: space-between; }
  .where code { order: 1; flex-basis: 100%; }
  .steps { gap: 0 12px; }
  .card-copies { margin-left: 0; }
}
`
