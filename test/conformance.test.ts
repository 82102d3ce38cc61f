/** docs/conformance.md is current, and every rule of docs/rules.md has a test or a stated reason for having none. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../scripts/conformance.mjs', import.meta.url));
const RULES = fileURLToPath(new URL('../docs/rules.md', import.meta.url));

function check(...args: readonly string[]): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, [SCRIPT, '--check', ...args], { encoding: 'utf8' });
}

test('npm run conformance has nothing to change and nothing to complain of', () => {
  const { status, stderr } = check();
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

describe('npm run conformance refuses', () => {
  /** What it says of the rules as `change` leaves them. */
  function saidOf(change: (rules: string) => string): string {
    const folder = mkdtempSync(join(tmpdir(), 'restante-rules-'));
    try {
      const file = join(folder, 'rules.md');
      writeFileSync(file, change(readFileSync(RULES, 'utf8')));
      const { status, stderr } = check('--rules', file);
      expect(status).toBe(1);
      return stderr;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const newRule = (rules: string): string => rules.replace(/^\| M1 \|/m, '| M77 | SHALL | New. |\n$&');

  it('a rule that no test names', () => {
    expect(saidOf(newRule)).toContain('rules without a test and without a reason: M77\n');
  });

  it('an excuse without words', () => {
    const said = saidOf((rules) => `${newRule(rules)}\n| rules | reason |\n|---|---|\n| M77 |  |\n`);
    expect(said).toContain('rules excused without words: M77\n');
  });

  it('an excuse for a rule that has tests', () => {
    const said = saidOf((rules) => `${rules}\n| rules | reason |\n|---|---|\n| P9 | Nobody looked. |\n`);
    expect(said).toContain('rules excused although they have tests: P9\n');
  });

  it('the name of a test that is not there', () => {
    const said = saidOf((rules) => rules.replace('sender-chosen identity', 'a test that went'));
    expect(said).toContain('N9: models/im-server/store/header-policy.test.ts has no test "a test that went"');
  });
});

describe('npm run conformance tells rules from what has their names', () => {
  const ROOMS = ['models', 'sim', 'workloads', 'results', 'bin', 'test', 'docs', 'scripts'];
  const LIST =
    '| id | level | reading |\n|---|---|---|\n| T2 | SHALL | Instants. |\n| I2 | ours | Leaks. |\n';

  /** The cell of tests of T2 and that of I2, where one test file holds `text`, and the sources of T2 with it as a comment. */
  function creditedTo(text: string, comment = ''): [timers: string, leaks: string, sources: string] {
    const folder = mkdtempSync(join(tmpdir(), 'restante-named-'));
    try {
      for (const room of ROOMS) mkdirSync(join(folder, room));
      const script = join(folder, 'scripts/conformance.mjs');
      copyFileSync(SCRIPT, script);
      writeFileSync(join(folder, 'docs/rules.md'), LIST);
      writeFileSync(join(folder, 'models/one.test.ts'), text);
      writeFileSync(join(folder, 'models/one.ts'), `/** ${comment} */\n`);
      spawnSync(process.execPath, [script]);
      const lines = readFileSync(join(folder, 'docs/conformance.md'), 'utf8').split('\n');
      const cells = (id: string): string[] =>
        lines.find((line) => line.startsWith(`| ${id} `))?.split(' | ') ?? [];
      const tests = (id: string): string => (cells(id)[4].includes('one.test.ts') ? id : '');
      return [tests('T2'), tests('I2'), cells('T2')[3]];
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it.each([
    ["test('T2: at its instants', f)", ['T2', '']],
    ["test('at its instants (I2, T2)', f)", ['T2', 'I2']],
    ["test('I2 holds', f)", ['', 'I2']],
    ["test('doubles up to T2', f)", ['', '']],
    ["test('the instants (T1 2 s, T2 16 s)', f)", ['', '']],
    ["test('a header of class T2 or I2', f)", ['', '']],
    ["const ROWS = [\n  ['I2', 'Reply-To'],\n  [\n    'T2',\n    'Route',\n  ],\n];", ['', '']],
  ])('%s', (text, credited) => {
    expect(creditedTo(text).slice(0, 2)).toEqual(credited);
  });

  it.each([
    ['Timers of a leg (T2).', '`one.ts`'],
    ['Kept by rule T2.', '`one.ts`'],
    ['Constant delays (T1, 64 T1, T2) of classes T, T2 and I2.', ''],
  ])('a source that says: %s', (comment, sources) => {
    expect(creditedTo('', comment)[2]).toBe(sources);
  });
});
