/** The style of the page: light and dark, screen and paper. Okabe and Ito's colours, told apart by dashes as well. */
export const STYLE = `:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--soft:#57606a;--line:#d0d7de;--card:#f6f8fa;
--good:#116329;--bad:#a40e26;--band:#d55e00;--c1:#0072b2;--c2:#b35900;--c3:#00795a;--c4:#a2428a;--c5:#57606a;--c6:#8a6d00;--c7:#1f6f8b}
@media (prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--soft:#9da7b3;--line:#30363d;--card:#161b22;--good:#56d364;
--bad:#ff7b72;--band:#ff9e64;--c1:#56b4e9;--c2:#e69f00;--c3:#2fc79b;--c4:#e08fc6;--c5:#9da7b3;--c6:#f0e442;--c7:#7fd1e8}}
*{box-sizing:border-box}body{margin:0 auto;max-width:72rem;padding:1rem;background:var(--bg);color:var(--fg);
font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.2rem;border-bottom:1px solid var(--line);margin:2rem 0 .75rem}
a{color:var(--c1)}code,pre{font-family:ui-monospace,monospace;font-size:.875em}pre{white-space:pre-wrap}
.strip{display:flex;flex-wrap:wrap;gap:.5rem;padding:0;list-style:none}
.strip li{background:var(--card);border:1px solid var(--line);border-left:.4rem solid var(--line);padding:.4rem .75rem;flex:1 1 12rem}
.strip .good{border-left-color:var(--good)}.strip .bad{border-left-color:var(--bad)}.strip b{display:block}
.banner{background:var(--card);border:1px solid var(--line);border-left:.4rem solid var(--c2);padding:.4rem .75rem}
figure{margin:1rem 0}figcaption{color:var(--soft)}
.chart,.scroll{overflow-x:auto;max-width:100%}.chart svg{display:block;min-width:30rem;max-width:100%;height:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;overflow-wrap:normal}
caption{text-align:left;color:var(--soft)}th,td{padding:.2rem .6rem;border-bottom:1px solid var(--line);text-align:right}
th:first-child{text-align:left;font-weight:normal}thead th{font-weight:bold}.ladder{background:#fff;max-width:100%}
summary{cursor:pointer}:focus-visible{outline:3px solid var(--c1);outline-offset:2px}
details .scroll{max-height:24rem;overflow-y:auto}
@media print{body{max-width:none;font-size:11px}figure,table{break-inside:avoid}details:not([open]){display:none}}
`;
