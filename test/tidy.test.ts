/**
 * What lint cannot see: the size of files, the comment that opens each of them, names that stand for host time or chance in
 * rooms that must not have them, module-level mutable state, and every import arrow (type-only ones included).
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { blankComments, problemsOf, strangersOf, type Source } from './tidy.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const ROOMS = ['sim', 'models', 'workloads', 'results', 'bin', 'bench'];

function sourcesOf(room: string): Source[] {
  return readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => `${room}/${name.replaceAll('\\', '/')}`)
    .filter((path) => !path.startsWith('results/runs/'))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

describe('the tree is tidy', () => {
  test.each(ROOMS)('%s/', (room) => {
    const sources = sourcesOf(room);
    const found = sources.flatMap((source) =>
      problemsOf(source, (from, specifier) =>
        relative(root, resolve(root, dirname(from), specifier)).replaceAll('\\', '/'),
      ),
    );
    expect(found).toEqual([]);
    if (room === 'sim' || room === 'models') expect(sources.length).toBeGreaterThan(10);
  });
});

describe('what comments and pages name exists', () => {
  const paths = ['sim', 'models', 'workloads', 'results', 'bin', 'bench', 'test', 'scripts', 'docs']
    .flatMap((room) =>
      readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).map((name) => `${room}/${name}`),
    )
    .concat(readdirSync(root))
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.(?:ts|mjs|cjs|md)$/.test(path) && !path.startsWith('results/runs/'));
  const textOf = (path: string) => readFileSync(join(root, path), 'utf8');
  const decisions = new Set(textOf('docs/decisions.md').match(/(?<=^\*\*)D-\d{3}/gm));

  const sections = new Set(textOf('docs/rules.md').match(/(?<=^##+ )\d(?:\.\d)?(?= )/gm));

  test('files, documents, decisions and sections of the rules', () => {
    expect(decisions.size).toBeGreaterThan(90);
    const sources = paths.filter((path) => path !== 'CHANGELOG.md');
    const known = { files: paths, decisions, sections };
    expect(sources.flatMap((path) => strangersOf({ path, text: textOf(path) }, known))).toEqual([]);
  });

  const named = (path: string, text: string) =>
    strangersOf(
      { path, text },
      {
        files: ['sim/host/ports.ts', 'docs/ci.md'],
        decisions: new Set(['D-001']),
        sections: new Set(['2.3', '5']),
      },
    );

  test.each([
    ['a file', 'sim/a.ts', '/** See `host/port.ts`. */\n'],
    ['a page', 'sim/a.ts', '// See docs/cd.md.\n'],
    ['a decision', 'docs/ci.md', 'Nothing (D-002).\n'],
    [
      'a document without a name that anybody could look up',
      'sim/a.ts',
      '/** Chance (DESIGN section 5). */\n',
    ],
    ['a section of the rules', 'sim/a.ts', `// As ${'rules'} 2.3 and 9.9 say.\n`],
    ['the same in a text', 'sim/a.ts', `const clause = '${'rules'} 9';\n`],
    ['a number of a list', 'sim/a.ts', `// The page (${'product'} 7).\n`],
  ])('%s that is nowhere is seen', (_title, path, text) => {
    expect(named(path, text)).toHaveLength(1);
  });

  test('what is there, standards, and what is no comment are no fault', () => {
    const text = `/** \`host/ports.ts\` (D-001; docs/ci.md; RFC 3261 section 8; ${'rules'} 2.3, section 5). */\nconst a = 'b.ts';\n`;
    expect(named('sim/a.ts', text)).toEqual([]);
  });
});

const HEADER = '/** What it is. */\n';
const resolver = (from: string, specifier: string) => join(dirname(from), specifier);
const problems = (path: string, text: string) => problemsOf({ path, text }, resolver);

describe('the tidy check sees', () => {
  test.each([
    ['a missing header', 'sim/a.ts', 'export const A = 1;\n', 'header'],
    ['a file that is too long', 'sim/a.ts', `${HEADER}${'//\n'.repeat(401)}`, 'lines'],
    ['host time', 'sim/a.ts', `${HEADER}const f = Date.now;\n`, 'Date'],
    ['host time by index', 'models/a.ts', `${HEADER}const f = globalThis['Date'];\n`, 'globalThis'],
    ['a promise type', 'models/a.ts', `${HEADER}type P = Promise<void>;\n`, 'Promise'],
    ['for-in', 'sim/a.ts', `${HEADER}for (const k in o) f(k);\n`, 'for..in'],
    ['a fractional power', 'sim/a.ts', `${HEADER}const x = y ** 0.5;\n`, '**'],
    ['a power of a fractional constant', 'sim/a.ts', `${HEADER}const H = 0.5;\nconst x = y ** H;\n`, '**'],
    ['a power of a variable', 'sim/a.ts', `${HEADER}const x = y ** z;\n`, '**'],
    ['module state', 'models/a.ts', `${HEADER}let seen = 0;\n`, 'module-level'],
    ['exported module state', 'models/a.ts', `${HEADER}export let seen = 0;\n`, 'module-level'],
    [
      'an arrow that points up',
      'sim/a.ts',
      `${HEADER}import type { A } from '../models/a.js';\n`,
      'models/a',
    ],
    ['the same by a re-export', 'sim/a.ts', `${HEADER}export * from '../models/a.js';\n`, 'models/a'],
    ['the same on the fly', 'results/a.ts', `${HEADER}const x = import('../bin/a.js');\n`, 'bin/a'],
    [
      'the kernel from a model',
      'models/a.ts',
      `${HEADER}import { K } from '../sim/kernel/kernel.js';\n`,
      'kernel',
    ],
    [
      'the judged from a judge',
      'models/invariants/a.ts',
      `${HEADER}import { K } from '../wire/a.js';\n`,
      'wire',
    ],
    ['a package in a model', 'models/a.ts', `${HEADER}import { K } from 'yaml';\n`, 'yaml'],
    ['seedrandom elsewhere', 'sim/a.ts', `${HEADER}import s from 'seedrandom';\n`, 'seedrandom'],
    ['a host from a result', 'results/a.ts', `${HEADER}import { H } from '../sim/host/host.js';\n`, 'host'],
    [
      'a thread in a result',
      'results/a.ts',
      `${HEADER}import { Worker } from 'node:worker_threads';\n`,
      'threads',
    ],
  ])('%s', (_title, path, text, word) => {
    expect(problems(path, text).join('\n')).toContain(word);
  });

  test.each([
    ['words in comments', 'sim/a.ts', `${HEADER}// Date, Promise, process\nconst a = 1;\n`],
    ['words in texts', 'sim/a.ts', `${HEADER}const DATE = 'Date: setTimeout';\n`],
    ['whole powers', 'sim/a.ts', `${HEADER}const x = 2 ** 53;\n`],
    ['powers of a whole constant', 'sim/a.ts', `${HEADER}const D = 5;\nconst x = 62 ** D;\n`],
    ['a template around an expression', 'sim/a.ts', `${HEADER}const x = \`a\${b}Date\`;\n`],
    ['members with such a name', 'models/a.ts', `${HEADER}const x = policy.process(y);\n`],
    [
      'the ports from a model',
      'models/b/a.ts',
      `${HEADER}import type { P } from '../../sim/host/ports.js';\n`,
    ],
    ['seedrandom in its file', 'sim/kernel/random.ts', `${HEADER}import s from 'seedrandom';\n`],
  ])('no fault in %s', (_title, path, text) => {
    expect(problems(path, text)).toEqual([]);
  });

  test('positions survive when comments and texts are blanked', () => {
    const text = `a /* b */ 'c' // d\n/['"]/.test(e)`;
    expect(blankComments(text).length).toBe(text.length);
    expect(blankComments(text)).toBe(`a         '\u00a0'     \n/['"]/.test(e)`);
  });
});
