/** Style of the report: the reader's colours, a phone's width, and no sign by colour alone. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ground:#fbfaf7;--text:#1d1c1a;--quiet:#5f5b53;--line:#d8d3c8;--good:#1d6b3a;--bad:#a3261b;--soft:#f1ede4}
@media (prefers-color-scheme:dark){:root{--ground:#191816;--text:#edeae3;--quiet:#b0aa9d;--line:#3b3832;--good:#7fd19b;--bad:#ff9d8f;--soft:#24221e}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,sans-serif}
header,main{max-width:52rem;margin:0 auto;padding:1rem}
h1{margin:.5rem 0;font-size:clamp(1.5rem,7vw,2rem)}h2{margin-top:2.5rem}
button{font:inherit;padding:.6rem 1rem;border:1px solid var(--line);border-radius:.5rem;background:var(--soft);color:inherit}
a{color:inherit}
code,pre{font:.85em ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap}
.verdict{font-size:1.4rem;font-weight:600;padding:1rem;border-radius:.75rem;background:var(--soft);border-left:.4rem solid var(--quiet)}
.verdict.pass{border-color:var(--good)}.verdict.fail{border-color:var(--bad)}
.facts{display:grid;gap:.5rem;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr))}
dt{color:var(--quiet);font-size:.9em}dd{margin:0}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{text-align:start;padding:.5rem .35rem;border-bottom:1px solid var(--line);font-weight:400}
td,thead th+th{text-align:right}.words td,.words thead th+th{text-align:start}@media(max-width:30rem){table{font-size:.85rem}}
tr.failed td,.failed>span:first-child,.failure h3{color:var(--bad)}
.failure{border:1px solid var(--line);border-radius:.75rem;padding:1rem;margin:1rem 0}.failure h3{margin:0}
summary{padding:.6rem 0;cursor:pointer}
.cases{list-style:none;padding:0}.cases li{padding:.25rem 0}.cases code{color:var(--quiet)}
.passed>span:first-child{color:var(--good)}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
html[data-lang=de] [lang=en],html[data-lang=en] [lang=de]{display:none}
`
