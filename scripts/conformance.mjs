// `npm run conformance`: writes docs/conformance.md, which says for each rule of docs/rules.md where it is kept: sources whose
// comments name it, tests whose titles name it, and the invariants and saboteurs whose files do. With --check nothing is written;
// exit code 1 if the committed file is not current, or if a rule has neither a test nor a stated reason. A test that is skipped or
// only planned counts for nothing; an excuse needs words, and goes when a test comes; an invariant needs a saboteur. --rules FILE reads
// the rules from there.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  options: { check: { type: 'boolean' }, rules: { type: 'string', default: join(root, 'docs/rules.md') } },
});
const OUTPUT = 'docs/conformance.md';
const ROOMS = ['models', 'sim', 'workloads', 'results', 'bin', 'test'];
/** Files that a cell of the table names at most; the others are counted. */
const FILES_SHOWN = 4;
/** Timers of RFC 3261 have the names of rules, so these count only where ids alone stand: `T1, T2: a title`, `(D6, T6)`, `rule T1`. */
const AMBIGUOUS = /^T\d+$/;

const read = (path) => readFileSync(join(root, path), 'utf8');

function filesBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('/runs/'))
    .sort((a, b) => (a < b ? -1 : 1));
}

/** Rows of the Markdown tables of a text, heads aside, as arrays of cells. */
function tableRows(text) {
  const lines = text.split('\n');
  return lines
    .filter(
      (line, i) => line.startsWith('|') && !/^[|: -]+$/.test(line) && !/^[|: -]+$/.test(lines[i + 1] ?? ''),
    )
    .map((line) =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split('|')
        .map((cell) => cell.trim()),
    );
}

const ID = String.raw`(?:DN|[A-Z](?:\d+[a-z]?|-[A-Za-z0-9]+))(?:-(?:date|msrp|asm|store|push))?`;

const IDS = `${ID}(?:(?:, | and | to )${ID})*`;
/** Where an ambiguous id is a rule. */
const CITED = new RegExp(String.raw`^${IDS}(?=:)|\(${IDS}(?=[);])|\brules? ${IDS}`, 'g');
/** Header classes (rules 4.7) have such names, too. */
const CLASSES = /\bclass(?:es)? [A-Z]\d?\b(?:(?:, | and | or )[A-Z]\d?\b)*/g;

/** The ids of known rules that a text names, ranges (`P3 to P8`) included; in a `list` of nothing else none is ambiguous. */
function idsIn(words, known, list = false) {
  const text = words.replace(CLASSES, 'class');
  const cited = [...text.matchAll(CITED)].map(({ index, 0: { length } }) => [index, index + length]);
  const found = new Set();
  for (const [, family, from, to] of text.matchAll(/\b([A-Z])(\d+)[a-z]? (?:to|-) \1(\d+)\b/g)) {
    for (let number = Number(from); number <= Number(to); number++) found.add(`${family}${number}`);
  }
  for (const match of text.matchAll(new RegExp(String.raw`(?<![\w.-])${ID}(?![\w-])`, 'g'))) {
    const [id] = match;
    if (!list && AMBIGUOUS.test(id) && !cited.some(([from, to]) => match.index >= from && match.index < to))
      continue;
    found.add(id);
  }
  return [...found].filter((id) => known.has(id));
}

function rulesOf(text) {
  const [list, aliases = '', reasons = ''] = text.split(
    /^## Rules w(?:hose tests have other names|ithout a test)$/m,
  );
  const rules = new Map();
  for (const [id, level, reading] of tableRows(list)) rules.set(id, { level, reading });
  const excused = new Map();
  for (const [ids, reason] of tableRows(reasons))
    for (const id of idsIn(ids, rules, true)) excused.set(id, reason);
  const named = [];
  for (const [ids, file, title] of tableRows(aliases)) {
    named.push({ ids: idsIn(ids, rules, true), file: file.replaceAll('`', ''), title });
  }
  return { rules, excused, named };
}

/** Titles of describe and test calls. */
function titlesIn(text) {
  const titles = [];
  const call =
    /\b(?:describe|test|it)(?:\.\w+)*(?:\((?:[^()]|\([^()]*\))*\))?\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g;
  for (const match of text.matchAll(call)) {
    if (!/^\w+(?:\.\w+)*\.(?:skip|todo|fails)\b/.test(match[0])) titles.push(match[2]);
  }
  // Rows of `test.each` whose first cell is the title; letters and digits alone are a value, such as a header class.
  for (const match of text.matchAll(/^\s*\[\s*'((?!\w*')(?:\\.|[^'\\])*)',/gm)) titles.push(match[1]);
  return titles;
}

const commentsIn = (text) => (text.match(/\/\*[^]*?\*\/|\/\/[^\n]*/g) ?? []).join('\n');

const add = (map, id, value) => map.set(id, [...(map.get(id) ?? []), value]);

function survey() {
  const { rules, excused, named } = rulesOf(readFileSync(resolve(options.rules), 'utf8'));
  const sources = new Map();
  const tests = new Map();
  const invariants = new Map();
  const saboteurs = new Map();
  const caughtByAny = new Set();
  for (const path of ROOMS.flatMap(filesBelow)) {
    const text = read(path);
    if (path.endsWith('.test.ts')) {
      const ids = new Set(titlesIn(text).flatMap((title) => idsIn(title, rules)));
      for (const id of idsIn(/^\/\*\*[^]*?\*\//.exec(text)?.[0] ?? '', rules)) ids.add(id);
      for (const id of ids) add(tests, id, path);
      continue;
    }
    const ids = idsIn(commentsIn(text), rules);
    if (path.startsWith('models/invariants/')) {
      const [, own] = /readonly id = '(\w+)'/.exec(text) ?? [];
      if (own !== undefined) for (const id of new Set([...ids, own])) add(invariants, id, own);
    } else if (path.startsWith('models/saboteurs/')) {
      for (const [, name, caughtBy] of text.matchAll(/name: '([\w-]+)',[^}]*?caughtBy: '(\w+)'/g)) {
        caughtByAny.add(caughtBy);
        for (const id of new Set([...ids, caughtBy])) add(saboteurs, id, name);
      }
    } else for (const id of ids) add(sources, id, path);
  }
  const stale = [];
  for (const { ids, file, title } of named) {
    const there = existsSync(join(root, file)) && titlesIn(read(file)).some((one) => one.includes(title));
    if (!there) stale.push(`${ids.join(', ')}: ${file} has no test "${title}"`);
    for (const id of ids) if (!(tests.get(id) ?? []).includes(file)) add(tests, id, file);
  }
  return { rules, excused, stale, sources, tests, invariants, saboteurs, caughtBy: caughtByAny };
}

/** Paths as a cell: those of the room of the protocol first, as few as are useful. */
function cell(paths, shown = FILES_SHOWN) {
  if (paths === undefined) return '';
  const list = paths.slice(0, shown).map((path) => `\`${path.replace(/^models\//, '')}\``);
  if (paths.length > shown) list.push(`and ${paths.length - shown} more`);
  return list.join(', ');
}

function render({ rules, excused, sources, tests, invariants, saboteurs }) {
  const ids = [...rules.keys()];
  const tested = ids.filter((id) => tests.has(id)).length;
  const without = ids.filter((id) => !tests.has(id)).length;
  const out = [
    '# Conformance',
    '',
    'Where each rule of [rules.md](rules.md) is kept. Made by `npm run conformance` from the rules, the comments of the sources and',
    'the titles of the tests, which name rules by their ids; do not edit. Paths below `models/` are given from there. For what each',
    'source has read about the rule, look for its id in the file.',
    '',
    `${rules.size} rules: ${tested} with tests, ${without} with a reason for having none.`,
    '',
    '| id | level | reading | sources | tests | invariants | saboteurs |',
    '| --- | --- | --- | --- | --- | --- | --- |',
  ];
  for (const [id, { level, reading }] of rules) {
    const test = tests.has(id) ? cell(tests.get(id)) : `none: ${excused.get(id) ?? 'MISSING'}`;
    const kept = (invariants.get(id) ?? []).join(', ');
    out.push(
      `| ${[id, level, reading, cell(sources.get(id)), test, kept, cell(saboteurs.get(id), 6)].join(' | ')} |`,
    );
  }
  return `${out.join('\n')}\n`;
}

const found = survey();
const missing = [...found.rules.keys()].filter((id) => !found.tests.has(id) && !found.excused.has(id));
const text = render(found);
const wordless = [...found.excused]
  .filter(([, reason]) => reason === '' || reason === undefined)
  .map(([id]) => id);
const needless = [...found.excused.keys()].filter((id) => found.tests.has(id));
const judges = new Set([...found.invariants.values()].flat());
const unharmed = [...judges].filter((id) => !found.caughtBy.has(id)).sort((a, b) => (a < b ? -1 : 1));
const complaints = [
  { what: 'rules without a test and without a reason', ids: missing },
  { what: 'rules excused without words', ids: wordless },
  { what: 'rules excused although they have tests', ids: needless },
  { what: 'invariants that no saboteur is made for', ids: unharmed },
].filter(({ ids }) => ids.length > 0);
for (const { what, ids } of complaints) console.error(`${what}: ${ids.join(', ')}`);
for (const line of found.stale) console.error(line);
let good = complaints.length === 0 && found.stale.length === 0;
if (options.check) {
  if (text !== read(OUTPUT)) {
    console.error(`${OUTPUT} is not current: run npm run conformance`);
    good = false;
  }
} else writeFileSync(join(root, OUTPUT), text);
process.exitCode = good ? 0 : 1;
