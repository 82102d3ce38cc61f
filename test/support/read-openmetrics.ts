/**
 * A small reader of OpenMetrics text 1.0, written from the specification and sharing nothing with the writer: names, types, units, escapes,
 * order of lines, suffixes, timestamps that do not go back. Gives the families; throws at the first line that is not right.
 */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly timestamp?: number;
}

export interface MetricFamily {
  readonly name: string;
  type: string;
  unit?: string;
  help?: string;
  readonly samples: MetricSample[];
}

/** What a sample of a family may be called beyond the name of the family, by type. */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  gauge: [''],
  counter: ['_total', '_created'],
  summary: ['', '_count', '_sum', '_created'],
  info: ['_info'],
  unknown: [''],
};
const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|NaN|[+-]Inf)$/;

export function readOpenMetrics(text: string): Map<string, MetricFamily> {
  if (!text.endsWith('\n# EOF\n') || text.indexOf('# EOF') !== text.length - 6)
    throw new Error('no # EOF at the end');
  const families = new Map<string, MetricFamily>();
  let family: MetricFamily | undefined;
  const lastOf = new Map<string, number>();
  const finished = new Set<string>();
  let series = '';
  text
    .slice(0, -6)
    .trimEnd()
    .split('\n')
    .forEach((line, i) => {
      const wrong = (why: string): never => {
        throw new Error(`line ${i + 1}: ${why}: ${line}`);
      };
      const meta = /^# (TYPE|HELP|UNIT) (\S+) (.*)$/.exec(line);
      if (meta !== null) {
        const [, kind, name, rest] = meta;
        if (!NAME.test(name)) wrong('no name of a metric');
        if (family?.name !== name) {
          if (families.has(name)) wrong('a family comes twice');
          family = { name, type: 'unknown', samples: [] };
          families.set(name, family);
        }
        if (family.samples.length > 0) wrong('metadata after samples');
        if (kind === 'TYPE') {
          if (SUFFIXES[rest] === undefined) wrong('an unknown type');
          family.type = rest;
        } else if (kind === 'UNIT') {
          if (!name.endsWith(`_${rest}`)) wrong('the name does not end in the unit');
          family.unit = rest;
        } else family.help = rest;
        return;
      }
      const sample = /^([^\s{]+)(?:\{(.*)\})? (\S+)(?: (\S+))?$/.exec(line) ?? wrong('no sample');
      const [, name, labelText = '', valueText, timestampText] = sample as unknown as [
        string,
        string,
        string?,
        string?,
        string?,
      ];
      if (family === undefined) return wrong('a sample before its family');
      const { type } = family;
      const suffix = name.startsWith(family.name) ? name.slice(family.name.length) : wrong('another family');
      if (!SUFFIXES[type].includes(suffix)) wrong(`no suffix of a ${type}`);
      if (valueText === undefined || !NUMBER.test(valueText)) wrong('no number');
      const labels: Record<string, string> = {};
      let rest = labelText;
      while (rest !== '') {
        const match = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(?:,(?=.)|$)/.exec(rest);
        if (match === null) return wrong('no label');
        if (labels[match[1]] !== undefined) wrong('a label twice');
        labels[match[1]] = match[2].replace(/\\([\\n"])/g, (_, c: string) => (c === 'n' ? '\n' : c));
        rest = rest.slice(match[0].length);
      }
      if (type === 'info' && Number(valueText) !== 1) wrong('an info is 1');
      if (suffix === '_total' && Number(valueText) < 0) wrong('a counter below 0');
      if (
        type === 'summary' &&
        suffix === '' &&
        !(Number(labels['quantile']) >= 0 && Number(labels['quantile']) <= 1)
      )
        wrong('a quantile out of range');
      // All points of a series stand together, and time does not go back.
      const key = `${name}{${labelText}}`;
      if (key !== series) {
        if (finished.has(key)) wrong('points of a series are apart');
        finished.add(series);
        series = key;
      }
      const timestamp = timestampText === undefined ? undefined : Number(timestampText);
      if (timestampText !== undefined && !NUMBER.test(timestampText)) wrong('no timestamp');
      if (timestamp !== undefined) {
        if (timestamp <= (lastOf.get(key) ?? -Infinity)) wrong('time goes back');
        lastOf.set(key, timestamp);
      }
      family.samples.push({
        name,
        labels,
        value: Number(valueText),
        ...(timestamp === undefined ? {} : { timestamp }),
      });
    });
  return families;
}
