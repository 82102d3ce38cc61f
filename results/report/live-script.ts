/**
 * The script of the page, as text: it draws the charts again at the width that there is, with legends that hide lines and a cursor
 * that tells the values under it, for mouse, touch and keyboard. Expressions are interpreted, never evaluated, so that the page's
 * policy can forbid everything that is not written in it.
 *
 * It runs after the interpreter in one module, whose `expression` it uses, and after Vega, which is a global there.
 */
export const LIVE_SCRIPT = `{
const { charts } = JSON.parse(document.getElementById('charts').textContent);
const views = [];
const number = (v) => String(v).replace(/\\B(?=(\\d{3})+(?!\\d))(?<!\\.\\d*)/g, ',');
const digits = (v) => (v >= 100 ? v.toFixed(0) : v >= 10 ? v.toFixed(1) : v.toFixed(2));
const two = (v) => String(v).padStart(2, '0');
const clock = (s) => {
  const rest = two(Math.floor(s / 60) % 60) + ':' + two(Math.floor(s) % 60);
  return s >= 3600 ? Math.floor(s / 3600) + ':' + rest : rest;
};
const text = {
  count: (v) => number(v),
  share: (v) => Number((v * 100).toPrecision(3)) + ' %',
  octets: (v) => {
    let unit = 0;
    while (v >= 1024 && unit < 4) { v /= 1024; unit++; }
    return (unit === 0 ? Math.round(v) : digits(v)) + ' ' + ['B', 'KiB', 'MiB', 'GiB', 'TiB'][unit];
  },
  duration: (ms) => {
    if (ms < 1) return Math.round(ms * 1000) + ' us';
    if (ms < 999.5) return digits(ms) + ' ms';
    if (ms < 59950) return digits(ms / 1000) + ' s';
    const s = Math.round(ms / 1000);
    return s < 3600 ? Math.floor(s / 60) + ' min ' + two(s % 60) + ' s' : Math.floor(s / 3600) + ' h ' + two(Math.floor(s / 60) % 60) + ' min';
  },
};
const place = { time: clock, percentile: (x) => 'p' + Number((100 - 100 / x).toFixed(3)), load: (x) => number(x) };
const rowsOf = (set) => set.x
  ? set.lines.flatMap(({ name, y }) => set.x.flatMap((x, i) => (y[i] == null ? [] : [{ x, y: y[i], name }])))
  : set.rows.map((row) => Object.fromEntries(set.columns.map((column, i) => [column, row[i]])));
const make = (tag, type, parent) => {
  const element = document.createElement(tag);
  element.className = type;
  parent.append(element);
  return element;
};

class LiveChart {
  constructor(figure, { spec, data, cursor }) {
    this.figure = figure;
    this.cursor = cursor;
    this.points = data.points;
    this.bands = data.bands ? rowsOf(data.bands) : [];
    this.left = data.left ? rowsOf(data.left) : [];
    this.hidden = [];
    const still = figure.querySelector('.static');
    this.box = document.createElement('div');
    this.box.className = 'live';
    still.after(this.box);
    this.canvas = make('div', 'canvas', this.box);
    // The box around it speaks for it.
    this.canvas.setAttribute('aria-hidden', 'true');
    this.rule = make('div', 'rule', this.box);
    this.tip = make('div', 'tip', this.box);
    this.rule.hidden = this.tip.hidden = true;
    this.label = still.getAttribute('aria-label');
    const filled = { ...spec, data: spec.data.map((set) => (data[set.name] ? { ...set, values: rowsOf(data[set.name]) } : set)) };
    this.view = new vega.View(vega.parse(filled, null, { ast: true }), {
      expr: expression, renderer: 'svg', container: this.canvas, hover: false, logLevel: vega.Error,
      loader: vega.loader({ baseURL: 'about:blank' }),
    });
    this.view.tooltip((_handler, event, item, words) => this.words(event, words));
    this.resize();
    figure.classList.add('is-live');
    this.listen();
    this.legend();
  }
  resize() {
    const width = Math.max(240, Math.floor(this.box.clientWidth));
    if (width === this.width) return;
    this.width = width;
    this.view.width(width).run();
  }
  legend() {
    for (const entry of this.figure.querySelectorAll('.legend li[data-name]')) {
      const button = document.createElement('button');
      button.type = 'button';
      button.setAttribute('aria-pressed', 'true');
      button.append(...entry.childNodes);
      entry.append(button);
      button.addEventListener('click', () => {
        const { name } = entry.dataset;
        const shown = this.hidden.includes(name);
        this.hidden = shown ? this.hidden.filter((other) => other !== name) : [...this.hidden, name];
        button.setAttribute('aria-pressed', String(shown));
        this.view.signal('hidden', this.hidden).run();
      });
    }
  }
  listen() {
    const { box } = this;
    if (!this.cursor) {
      box.setAttribute('role', 'img');
      box.setAttribute('aria-label', this.label);
      return;
    }
    const { x } = this.points;
    box.tabIndex = 0;
    box.setAttribute('role', 'slider');
    box.setAttribute('aria-label', this.label + '. Arrow keys move the cursor.');
    box.setAttribute('aria-valuemin', '0');
    box.setAttribute('aria-valuemax', String(x.length - 1));
    box.setAttribute('aria-valuenow', '0');
    box.setAttribute('aria-valuetext', this.at(0).join(', '));
    box.addEventListener('pointermove', (event) => {
      const scale = this.view.scale('x');
      const at = scale.invert(event.clientX - box.getBoundingClientRect().left - this.origin());
      this.point(this.nearest(at), true);
    });
    box.addEventListener('pointerleave', () => this.leave());
    box.addEventListener('blur', () => this.leave());
    box.addEventListener('keydown', (event) => {
      const now = Number(box.getAttribute('aria-valuenow'));
      const step = Math.max(1, Math.round(x.length / 20));
      const to = { ArrowLeft: now - 1, ArrowDown: now - 1, ArrowRight: now + 1, ArrowUp: now + 1, PageDown: now - step, PageUp: now + step, Home: 0, End: x.length - 1 }[event.key];
      if (event.key === 'Escape') this.leave();
      if (to === undefined) return;
      event.preventDefault();
      this.point(Math.min(x.length - 1, Math.max(0, to)), true);
    });
  }
  origin() { return this.view.origin()[0] + this.view.padding().left; }
  nearest(at) {
    const { x } = this.points;
    let best = 0;
    for (let i = 1; i < x.length; i++) if (Math.abs(x[i] - at) < Math.abs(x[best] - at)) best = i;
    return best;
  }
  at(i) {
    const { x, lines } = this.points;
    return [
      place[this.cursor.along](x[i]),
      ...lines.filter(({ name, y }) => y[i] != null && !this.hidden.includes(name)).map(({ name, y }) => name + ': ' + text[this.cursor.scale](y[i])),
      ...this.bands.filter(({ from, to }) => x[i] >= from && x[i] <= to).map(({ words }) => 'fault: ' + words),
      ...this.left.filter(({ from, to }) => x[i] >= from && x[i] < to).map(({ words }) => 'left out of the figures: ' + words),
    ];
  }
  point(i, alone) {
    const { box, rule, tip } = this;
    const left = this.origin() + this.view.scale('x')(this.points.x[i]);
    rule.hidden = false;
    rule.style.left = left + 'px';
    if (!alone) return;
    const lines = this.at(i);
    box.setAttribute('aria-valuenow', String(i));
    box.setAttribute('aria-valuetext', lines.join(', '));
    this.show(lines, left, 8);
    if (this.cursor.along !== 'time') return;
    for (const other of views) {
      if (other === this || !other.cursor || other.cursor.along !== 'time') continue;
      other.point(other.nearest(this.points.x[i]), false);
    }
  }
  leave() {
    for (const view of views) view.rule.hidden = view.tip.hidden = true;
  }
  words(event, words) {
    if (this.cursor && words == null) return;
    if (words == null || words === '') { this.tip.hidden = true; return; }
    const { left, top } = this.box.getBoundingClientRect();
    this.show([String(words)], event.clientX - left, event.clientY - top + 12);
  }
  show(lines, left, top) {
    const { tip, box } = this;
    tip.replaceChildren(...lines.map((line, i) => {
      const part = document.createElement(i === 0 ? 'b' : 'span');
      part.textContent = line;
      return part;
    }));
    tip.hidden = false;
    const room = box.clientWidth;
    const width = tip.offsetWidth;
    tip.style.left = Math.max(0, left + 12 + width > room ? left - width - 12 : left + 12) + 'px';
    tip.style.top = top + 'px';
  }
}

const waiting = charts.map((chart, i) => () => views.push(new LiveChart(document.getElementById('chart-' + i), chart)));
const next = () => {
  const begin = performance.now();
  while (waiting.length > 0 && performance.now() - begin < 40) waiting.shift()();
  if (waiting.length > 0) setTimeout(next, 0);
  else document.documentElement.dataset.charts = 'live';
};
next();
let pending;
addEventListener('resize', () => {
  cancelAnimationFrame(pending);
  pending = requestAnimationFrame(() => views.forEach((view) => view.resize()));
});
addEventListener('beforeprint', () => {
  while (waiting.length > 0) waiting.shift()();
});
}
`;
