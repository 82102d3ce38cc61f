/**
 * The rules behind `tidy.test.ts`: what a source file may not do, as sentences with a line number.
 *
 * Not done here: parsing. Comments and texts are blanked by a small scanner, then patterns are looked for.
 */

export interface Source {
  /** Path from the root of the project, with `/`. */
  readonly path: string;
  readonly text: string;
}

const MOST_LINES = 400;

interface Ban {
  readonly what: string;
  readonly pattern: RegExp;
}

/** In `sim/` and `models/`, outside tests: host time, host chance, whatever differs between two runs. */
const BANS: readonly Ban[] = [
  ...[
    'Date',
    'performance',
    'Promise',
    'globalThis',
    'setTimeout',
    'setInterval',
    'setImmediate',
    'queueMicrotask',
    'process',
    'crypto',
    'Intl',
    'WeakRef',
    'FinalizationRegistry',
    'async',
    'await',
    'require',
    'eval',
  ].map((name) => ({ what: name, pattern: new RegExp(`(?<![.\\w$#-])${name}(?![\\w$:-])`, 'g') })),
  { what: 'Math.random', pattern: /\bMath\s*\.\s*random\b/g },
  { what: 'Math.pow', pattern: /\bMath\s*\.\s*pow\b/g },
  { what: 'for..in', pattern: /\bfor\s*\(\s*(?:const|let|var)\s+\w+\s+in\b/g },
  { what: 'toLocale*', pattern: /\.(?:toLocale\w+|localeCompare)\b/g },
  { what: 'module-level let or var', pattern: /^(?:export\s+)?(?:let|var)\s/gm },
];

/** Rooms and what each may import, by the path from the root; the first pattern that matches the file decides. */
interface Room {
  readonly files: RegExp;
  readonly own: RegExp;
  readonly packages: RegExp;
}

const NOTHING = /^(?!)/;
const PORTS = 'sim/host/ports|sim/kernel/assert|sim/kernel/time|sim/kernel/columns';

const ROOMS: readonly Room[] = [
  { files: /^sim\/rx\.ts$/, own: /^sim\//, packages: /^rxjs$/ },
  { files: /^sim\/kernel\/random\.ts$/, own: /^sim\//, packages: /^seedrandom$/ },
  { files: /^sim\//, own: /^sim\//, packages: NOTHING },
  {
    files: /^models\/invariants\//,
    own: new RegExp(`^(?:models/(?:invariants/|observations\\.|marks\\.|addressing\\.)|(?:${PORTS})\\.)`),
    packages: NOTHING,
  },
  { files: /^models\//, own: new RegExp(`^(?:models/|(?:${PORTS})\\.)`), packages: NOTHING },
  {
    files: /^workloads\/executors\//,
    own: /^(?:workloads|models|sim|results)\//,
    packages: /^(?:piscina|rxjs|node:.*)$/,
  },
  {
    files: /^workloads\//,
    own: /^(?:workloads|models|sim|results)\//,
    packages: /^(?:rxjs|yaml|zod|node:(?:fs|path|url))$/,
  },
  {
    files: /^results\//,
    own: new RegExp(
      `^(?:results/|(?:${PORTS}|sim/host/observations)\\.|models/(?:observations\\.|marks\\.|invariants/))`,
    ),
    packages:
      /^(?:hdr-histogram-js|hyparquet-writer|vega|vega-lite|yaml|node:(?:crypto|fs|path|url|util|zlib))$/,
  },
  // The kernel is measured beside rxjs's scheduler of virtual time.
  { files: /^bench\/kernel\.ts$/, own: /./, packages: /^(?!seedrandom|hdr-histogram-js)/ },
  { files: /^(?:bin|bench)\//, own: /./, packages: /^(?!rxjs|seedrandom|hdr-histogram-js)/ },
];

const POWER = /\*\*=?\s*([\w.]*)/g;

/** True for `53`, and for `DIGITS` where the file says `const DIGITS = 5;`. */
function isWhole(exponent: string, code: string): boolean {
  if (/^\d+$/.test(exponent)) return true;
  return /^[A-Z][A-Z_\d]*$/.test(exponent) && new RegExp(`\\bconst ${exponent} = \\d+;`).test(code);
}

const IMPORT = /(?:(?<=[\s}*])from\s*|\bimport\s*\(?\s*)(['"])([^'"\n]+)\1/g;

/** All faults of one file; `resolve` turns a relative import into a path from the root. */
export function problemsOf(source: Source, resolve: (from: string, specifier: string) => string): string[] {
  const { path, text } = source;
  const problems: string[] = [];
  const at = (index: number) => `${path}:${text.slice(0, index).split('\n').length}`;
  const isTest = /\.(?:test|bench)\.ts$/.test(path);

  const lines = text.split('\n').length - 1;
  if (lines > MOST_LINES) problems.push(`${path}: ${lines} lines, at most ${MOST_LINES}`);
  if (isTest) return problems;
  if (!hasHeader(text)) problems.push(`${path}: no header comment that says what the file is`);

  const code = blankComments(text);
  if (/^(?:sim|models)\//.test(path)) {
    for (const { what, pattern } of BANS) {
      for (const match of code.matchAll(pattern))
        problems.push(`${at(match.index)}: ${what} is not allowed here`);
    }
    for (const match of code.matchAll(POWER)) {
      if (!isWhole(match[1] ?? '', code))
        problems.push(`${at(match.index)}: a power ** of no whole constant`);
    }
  }
  const room = ROOMS.find(({ files }) => files.test(path));
  for (const match of commentsOnly(text).matchAll(IMPORT)) {
    const specifier = match[2] ?? '';
    const target = specifier.startsWith('.') ? resolve(path, specifier) : specifier;
    const allowed = specifier.startsWith('.') ? room?.own : room?.packages;
    if (allowed?.test(target) !== true) problems.push(`${at(match.index)}: may not import ${target}`);
  }
  return problems;
}

/** Files as comments and pages name them: sources and scripts, with folders or without, and pages of `docs`. */
const FILE_NAME = /(?<![\w./<$*-])(?:\w[\w.-]*\/)*\w[\w.-]*\.(?:ts|mjs|cjs)\b|\bdocs\/[\w-]+\.md\b/g;
/** A document by a name alone and a section of it: standards have numbers before. */
const DOCUMENT = /\b[A-Z]{2,} section \d/g;
const DECISION = /\bD-\d{3}\b/g;
/** Sections of the page of rules, one or several: `rules 2.3 and 4.4`, `rules section 5`. Readers meet them in texts, too. */
const SECTIONS = /\brules (?:sections? )?\d(?:\.\d)?(?:(?:, | and | to )\d\.\d)*/g;
/** A number of a list that nobody has. */
const UNKNOWN_LIST = /\bproduct \d/g;

/** What there is to name: files by their paths from the root, and decisions. */
export interface Known {
  readonly files: readonly string[];
  readonly decisions: ReadonlySet<string>;
  /** Numbers of the sections of docs/rules.md. */
  readonly sections: ReadonlySet<string>;
}

/** Whether `name` can mean this file: the same last part, and folders that are on its way; others may be left out. */
function isCalled(file: string, name: string): boolean {
  const onWay = file.split('/');
  const parts = name.split('/');
  return onWay.pop() === parts.pop() && parts.every((part) => onWay.includes(part));
}

/** What the comments of a source, or all words of a page, name that does not exist. */
export function strangersOf({ path, text }: Source, { files, decisions, sections }: Known): string[] {
  const words = path.endsWith('.md') ? text : blankCode(text);
  const found: string[] = [];
  const check = (pattern: RegExp, exists: (name: string) => boolean, within = words) => {
    for (const { 0: name, index } of within.matchAll(pattern)) {
      const line = text.slice(0, index).split('\n').length;
      if (!exists(name)) found.push(`${path}:${line}: ${name} does not exist`);
    }
  };
  check(FILE_NAME, (name) => files.some((file) => isCalled(file, name)));
  check(DOCUMENT, () => false);
  check(UNKNOWN_LIST, () => false);
  check(DECISION, (name) => decisions.has(name));
  check(SECTIONS, (name) => (name.match(/\d(?:\.\d)?/g) ?? []).every((one) => sections.has(one)), text);
  return found;
}

/** A block comment comes first, but for a shebang and imports. */
function hasHeader(text: string): boolean {
  return /^(?:#![^\n]*\n)?(?:import [^;]*;\n|\s)*\/\*\*/.test(text);
}

/** `text` with comments and the insides of texts blanked, positions kept. The inside of a text becomes U+00A0. */
export function blankComments(text: string): string {
  return scan(text, true);
}

function commentsOnly(text: string): string {
  return scan(text, false);
}

/** `text` with all but comments blanked, positions kept. */
function blankCode(text: string): string {
  const code = scan(text, false);
  return text.replace(/[^\n]/g, (octet, at: number) => (code[at] === octet ? ' ' : octet));
}

const TOKENS =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`|(?<=[=(,:!&|?{};\n]\s*)\/(?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g;

function scan(text: string, texts: boolean): string {
  return text.replace(TOKENS, (token) => {
    if (token.startsWith('//') || token.startsWith('/*')) return token.replace(/[^\n]/g, ' ');
    if (!texts || token.startsWith('/')) return token;
    if (token.startsWith('`')) return blankTemplate(token);
    return token[0] + '\u00a0'.repeat(token.length - 2) + token[0];
  });
}

/** The words of a template are blanked, the expressions in it stay. Templates inside templates are blanked as words. */
function blankTemplate(token: string): string {
  let depth = 0;
  let out = '';
  for (let i = 0; i < token.length; i++) {
    const pair = token.slice(i, i + 2);
    if (depth === 0 && pair === '${') {
      depth = 1;
      out += pair;
      i++;
    } else if (depth > 0) {
      if (token[i] === '{') depth++;
      if (token[i] === '}') depth--;
      out += token[i];
    } else out += token[i] === '`' || token[i] === '\n' ? token[i] : '\u00a0';
  }
  return out;
}
