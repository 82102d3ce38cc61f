/** The style of the page: light and dark, screen and paper. Okabe and Ito's colours, darkened or lightened until they can be read. */
export const STYLE = `:root{color-scheme:light dark;--bg:#fbfbf9;--card:#fff;--fg:#1c2024;--soft:#5a6169;--line:#d9dcdf;--grid:#ecedee;
--good:#0b6b43;--good-bg:#e6f4ec;--bad:#a3211b;--bad-bg:#fbeae8;--warn:#8a5a00;--warn-bg:#fdf3dc;--band:#d55e00;--link:#0b5c94;
--c1:#0072b2;--c2:#c25a00;--c3:#007a5a;--c4:#a23f87;--c5:#5a6169;--c6:#8a6d00;--c7:#2b7f9e;--c8:#7a4a21;
--h1:#dcebf5;--h2:#b3d3e8;--h3:#7fb3d5;--h4:#468fbf;--h5:#1d699d;--h6:#0b4470;--on-light:#1c2024;--on-dark:#fff}
@media screen and (prefers-color-scheme:dark){:root{--bg:#101316;--card:#171b1f;--fg:#e8eaec;--soft:#a3abb3;--line:#333a41;--grid:#242a30;
--good:#5cd39a;--good-bg:#12291f;--bad:#ff8f86;--bad-bg:#35191a;--warn:#f0c060;--warn-bg:#2e2512;--band:#ff9e4a;--link:#74bdf0;
--c1:#5cb6ee;--c2:#f0a03c;--c3:#35c99c;--c4:#e391c8;--c5:#b3bac1;--c6:#e9d84a;--c7:#8ad4ea;--c8:#d9a679;
--h1:#17303f;--h2:#1d4a66;--h3:#25698f;--h4:#3d92c0;--h5:#74bde4;--h6:#c3e6fa;--on-light:#e8eaec;--on-dark:#0d1114}}
*{box-sizing:border-box}html{scroll-padding-top:3.2rem}
body{margin:0 auto;max-width:84rem;padding:0 1.25rem 2rem;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.3rem .6rem;z-index:9}
h1{font-size:2rem;line-height:1.15;margin:.1rem 0 .35rem;letter-spacing:-.01em}
h2{font-size:1.25rem;margin:2.6rem 0 1rem;padding-bottom:.35rem;border-bottom:2px solid var(--line)}h3{font-size:.98rem;margin:0;line-height:1.3}
a{color:var(--link)}code,pre{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.86em}pre{white-space:pre-wrap}
.top{padding-top:1.6rem}.mark{margin:0;font-weight:700;letter-spacing:.14em;text-transform:uppercase;font-size:.72rem;color:var(--soft)}
.about{margin:0 0 1rem;color:var(--soft)}
.verdict{font-weight:600;font-size:1.1rem;margin:0 0 1rem;padding:.6rem .9rem;border-radius:.5rem;border:1px solid}
.verdict.good{color:var(--good);background:var(--good-bg)}.verdict.bad{color:var(--bad);background:var(--bad-bg)}
.strip{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));gap:.6rem;padding:0;margin:0 0 .8rem;list-style:none}
.strip li{background:var(--card);border:1px solid var(--line);border-top:3px solid var(--line);border-radius:.5rem;padding:.55rem .8rem}
.strip .good{border-top-color:var(--good)}.strip .bad{border-top-color:var(--bad)}
.strip b{display:block;font-weight:500;font-size:.8rem;color:var(--soft)}.strip span{display:block;font-size:1.15rem;font-weight:600;line-height:1.35;font-variant-numeric:tabular-nums}
.strip small{color:var(--soft);font-size:.8rem}.strip .bad span{color:var(--bad)}.strip .good span{color:var(--good)}
.banner{margin:0;padding:.4rem .8rem;border-radius:.5rem;border:1px solid var(--line);font-size:.9rem}
.banner.assumed{background:var(--warn-bg);color:var(--warn);border-color:currentColor}
nav{position:sticky;top:0;z-index:5;background:var(--bg);border-bottom:1px solid var(--line);margin-top:1rem}
nav ul{display:flex;gap:1.1rem;list-style:none;margin:0;padding:.5rem 0;overflow-x:auto;scrollbar-width:thin;white-space:nowrap}
nav a{text-decoration:none;font-size:.9rem;display:inline-block;padding:.15rem 0}nav a:hover{text-decoration:underline}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:1rem;margin:0 0 1rem}
figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.9rem 1rem;min-width:0}
figure.ladder{margin-bottom:1rem}.wide{grid-column:1/-1}
figcaption{color:var(--soft);font-size:.85rem;margin-top:.35rem}
.legend{display:flex;flex-wrap:wrap;gap:.1rem .9rem;list-style:none;padding:0;margin:.35rem 0 .3rem;font-size:.83rem}
.legend li{display:flex;align-items:center;gap:.35rem}.legend svg{flex:none}.legend .band svg{opacity:.35}
.legend button{display:flex;align-items:center;gap:.35rem;font:inherit;color:inherit;background:none;border:0;border-radius:.3rem;padding:.15rem .25rem;margin-left:-.25rem;cursor:pointer}
.legend button:hover{background:var(--grid)}.legend [aria-pressed=false]{text-decoration:line-through;color:var(--soft)}.legend [aria-pressed=false] svg{opacity:.25}
.static{overflow-x:auto}.static svg,.live svg{display:block;font-family:system-ui,sans-serif}.static svg{width:100%;height:auto;min-width:28rem}
.undrawn{margin:.5rem 0;color:var(--soft)}
.live{position:relative;border-radius:.3rem}.live[tabindex]{cursor:crosshair;touch-action:pan-y}.canvas{overflow:hidden}.is-live .static{display:none}
.rule{position:absolute;top:6px;bottom:34px;width:0;border-left:1px solid var(--fg);opacity:.55;pointer-events:none}
.tip{position:absolute;z-index:3;pointer-events:none;background:var(--fg);color:var(--bg);border-radius:.4rem;padding:.35rem .6rem;font-size:.8rem;line-height:1.45;max-width:min(20rem,85%);font-variant-numeric:tabular-nums}
.tip b,.tip span{display:block}[hidden]{display:none!important}
.scroll{overflow-x:auto;max-width:100%}table{border-collapse:collapse;font-variant-numeric:tabular-nums;overflow-wrap:normal;font-size:.9rem;margin:.3rem 0}
caption{text-align:left;color:var(--soft);font-size:.85rem;padding-bottom:.25rem}th,td{padding:.22rem .8rem .22rem 0;border-bottom:1px solid var(--line);text-align:right}
th:first-child{text-align:left;font-weight:normal}thead th{font-weight:600}tbody tr:hover{background:var(--grid)}
summary{cursor:pointer;color:var(--link);font-size:.88rem;padding:.2rem 0}details{margin-top:.4rem}details .scroll{max-height:22rem;overflow-y:auto}
figure.ladder img{display:block;min-width:52rem;width:100%;border-radius:.3rem;margin-top:.5rem}figure.ladder pre,pre.study{white-space:pre;font-size:.78rem}pre.study{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.8rem 1rem}
:focus-visible{outline:3px solid var(--c1);outline-offset:2px}footer{margin-top:3rem;color:var(--soft);font-size:.85rem;border-top:1px solid var(--line)}
@media (max-width:30rem){body{padding:0 .75rem 1.5rem}h1{font-size:1.6rem}.strip{grid-template-columns:1fr 1fr}figure{padding:.7rem .7rem}}
@media print{:root{--bg:#fff}body{max-width:none;font-size:10.5px;padding:0}nav,.skip,footer{display:none}figure,tr,.strip{break-inside:avoid}h2,h3{break-after:avoid}
.charts{display:block}figure{margin-bottom:.6rem;padding:.5rem .7rem}.strip{grid-template-columns:repeat(4,1fr)}details:not([open]){display:none}.drawn .live{display:none}.drawn .static{display:block!important;overflow:hidden}
.static svg,figure.ladder img{min-width:0}.rule,.tip{display:none}.scroll{overflow:visible;max-height:none!important}}
`;
