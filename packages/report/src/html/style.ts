/** The one style sheet: light and dark by the reader's setting, and for paper. Series have a color of their own in both. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f4; --card: #ffffff; --fg: #1c231d; --muted: #566058; --line: #d9ded6; --accent: #2b6a3f;
  --good: #1f6b36; --good-bg: #e2f2e5; --warn: #7a4b00; --warn-bg: #fdf0d8; --bad: #a3201c; --bad-bg: #fbe5e3; --info: #28557f; --info-bg: #e4eef8;
  --s1: #1f6fb2; --s2: #c4570c; --s3: #2b7d4f; --s4: #8b4ba3; --s5: #a0741a; --s6: #b3366b; --s7: #4b6f78; --s8: #6d5c4e;
  --heat: #2b6a3f; --mark: #a3201c22;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #121612; --card: #1b211c; --fg: #e6ebe5; --muted: #a3aea4; --line: #343d35; --accent: #7cc492;
    --good: #8ad7a0; --good-bg: #173021; --warn: #f0c274; --warn-bg: #352810; --bad: #ff9d94; --bad-bg: #3d1a18; --info: #9cc8f2; --info-bg: #172a3d;
    --s1: #6db3f2; --s2: #f39a5b; --s3: #74cf9a; --s4: #cf9be3; --s5: #dcb55a; --s6: #f08cb4; --s7: #9ac2cc; --s8: #c7b19d;
    --heat: #4f9d68; --mark: #ff9d9430;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body { margin: 0; background: var(--page); color: var(--fg); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main, header.top, footer { max-width: 1120px; margin: 0 auto; padding: 0 20px; }
header.top { padding-top: 32px; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 0 0 .75rem; letter-spacing: -.005em; }
h3 { font-size: 1rem; margin: 1.25rem 0 .5rem; }
p { margin: 0 0 .75rem; max-width: 75ch; } p, li, dt, dd, summary, footer { overflow-wrap: anywhere; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.muted, figcaption, caption { color: var(--muted); }
.small, figcaption, caption { font-size: .875rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; margin: .75rem 0 1.25rem; font-size: .9rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 22px 24px; margin: 0 0 18px; }
.badge { display: inline-block; padding: .15rem .7rem; border-radius: 999px; font-weight: 600; font-size: .875rem; border: 1px solid currentColor; }
.good { color: var(--good); background: var(--good-bg); } .warn { color: var(--warn); background: var(--warn-bg); }
.bad { color: var(--bad); background: var(--bad-bg); } .info { color: var(--info); background: var(--info-bg); }
.verdict { font-size: 1.2rem; line-height: 1.45; margin: .75rem 0 1rem; max-width: 70ch; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 12px; margin: 1rem 0 0; padding: 0; }
.tiles div { border: 1px solid var(--line); border-radius: 10px; padding: 10px 14px; }
.tiles dt { font-size: .85rem; color: var(--muted); } .tiles dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
.tiles small { display: block; font-size: .8rem; color: var(--muted); }
.legend { margin: .25rem 0; } .legend span { display: inline-block; margin-right: .75rem; }
.columns > * { min-width: 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 20px; align-items: start; }
.tables { columns: 440px; column-gap: 20px; } .tables > * { break-inside: avoid; } .tables > :only-child { column-span: all; }
.finding { border-left: 4px solid currentColor; border-radius: 6px; padding: 10px 14px; margin: 0 0 12px; }
.finding > * { color: var(--fg); } .finding .badge { color: inherit; }
.finding.bad { color: var(--bad); } .finding.warn { color: var(--warn); } .finding.info { color: var(--info); }
.finding h3 { margin: .35rem 0; }
ol.causes { padding-left: 1.4rem; margin: 0 0 1rem; } ol.causes li { margin: 0 0 .6rem; }
details { margin: .5rem 0; }
details.note { border-top: 1px solid var(--line); padding: .55rem 0 .1rem; margin: 0; } details.note > summary { color: var(--fg); font-size: 1rem; }
.name { overflow-wrap: anywhere; } summary { cursor: pointer; color: var(--accent); font-size: .9rem; }
.scroll { overflow-x: auto; margin-bottom: .75rem; container-type: inline-size; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem; width: 100%; }
caption { text-align: left; padding-bottom: .4rem; position: sticky; left: 0; max-width: 100cqi; overflow-wrap: anywhere; }
th, td { padding: .38rem .6rem; text-align: right; border-bottom: 1px solid var(--line); vertical-align: middle; }
th { font-weight: 600; } table.facts th { font-weight: 400; color: var(--muted); } th small { font-weight: 400; }
table.numbers td { white-space: nowrap; } .long { min-width: 13rem; overflow-wrap: anywhere; } thead th { vertical-align: bottom; }
th:first-child, td:first-child, .left { text-align: left; }
table.matrix td { text-align: center; border: 1px solid var(--line); min-width: 4.2rem; }
table.matrix td small { display: block; font-size: .78rem; }
table.matrix td.diagonal { box-shadow: inset 0 0 0 2px var(--accent); font-weight: 600; }
.interval { position: relative; display: block; height: 14px; min-width: 130px; background: linear-gradient(var(--line), var(--line)) center / 100% 1px no-repeat; }
.interval i { position: absolute; top: 4px; height: 6px; border-radius: 3px; background: var(--s1); opacity: .45; }
.interval b { position: absolute; top: 1px; width: 4px; height: 12px; margin-left: -2px; border-radius: 2px; background: var(--s1); }
.interval.other i, .interval.other b { background: var(--s7); }
figure { margin: 0 0 8px; } figure svg { width: 100%; height: auto; display: block; }
figure.plot text { font-family: inherit; }
.photos { display: grid; grid-template-columns: repeat(auto-fill, minmax(132px, 1fr)); gap: 12px; list-style: none; padding: 0; margin: .5rem 0 1rem; }
.photos img { width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: 8px; display: block; background: var(--line); }
.photos figcaption { line-height: 1.35; margin-top: 4px; overflow-wrap: anywhere; }
.seen img { image-rendering: pixelated; object-fit: contain; }
table.facts td { overflow-wrap: anywhere; } .flag { white-space: nowrap; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--page); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; font-size: .85rem; }
footer { padding-bottom: 40px; color: var(--muted); font-size: .85rem; }
.skip { position: absolute; left: -999px; } .skip:focus { left: 20px; top: 8px; background: var(--card); padding: 6px 10px; }
@media screen and (min-width: 960px) { .beside { position: sticky; top: 12px; } }
@media screen and (max-width: 599px) {
  main, header.top, footer { padding-left: 12px; padding-right: 12px; } section { padding: 16px; }
  th, td { padding: .38rem .4rem; } .interval { min-width: 1.75rem; }
}
@media (min-width: 600px) { .drawn { width: 45%; } table.facts th { white-space: nowrap; } }
@media print {
  :root { color-scheme: light; --page: #fff; --card: #fff; }
  body { font-size: 11pt; } nav, .skip { display: none; } section { border: 0; padding: 0; margin: 0 0 14pt; }
  h2, h3 { break-after: avoid; } figure, .finding, tr, .tiles div, .photos li { break-inside: avoid; }
  .scroll { overflow: visible; } a { color: inherit; }
}
`;
