/** What `npm run bench -- ...` may say, and what is said to a slip. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { benchHelp, benchOptions } from './options.js';

const GROUPS = ['kernel', 'sip', 'end-to-end'];

test('what is asked for', () => {
  expect(benchOptions([], GROUPS)).toEqual({ json: false, short: false });
  expect(benchOptions(['--json', '--short', '--only', 'sip', '--rounds', '3'], GROUPS)).toEqual({
    json: true,
    short: true,
    only: 'sip',
    rounds: 3,
  });
  expect(benchOptions(['--only', 'footprint'], GROUPS)).toMatchObject({ only: 'footprint' });
});

test('--help: every option in a line of its own, and the groups', () => {
  expect(benchOptions(['--short', '--help'], GROUPS)).toBe('help');
  expect(benchOptions(['-h'], GROUPS)).toBe('help');
  const help = benchHelp(GROUPS);
  for (const word of ['json', 'only TEXT', 'rounds N', 'short', 'compare FILE', 'help'])
    expect(help).toMatch(new RegExp(`^ +--${word}(?:, -h)? {2,}\\S`, 'm'));
  expect(help).toContain('kernel, sip, end-to-end');
});

test.each([
  [['--rouns', '3'], 'unknown option --rouns: npm run bench -- --help shows what there is'],
  [['--rouns=3'], 'unknown option --rouns: npm run bench -- --help shows what there is'],
  [['-x'], 'unknown option -x: npm run bench -- --help shows what there is'],
  [['kernel'], 'unexpected argument "kernel": a group is chosen by --only kernel'],
  [['--rounds'], '--rounds is missing its value'],
  [['--only', '--json'], '--only is missing its value'],
  [['--json=yes'], '--json takes no value'],
  [['--rounds', '0'], '--rounds 0: a whole number from 1 up is needed'],
  [['--rounds', 'x'], '--rounds x: a whole number from 1 up is needed'],
  [
    ['--only', 'nothing'],
    '--only nothing: no group has that in its name: kernel, sip, end-to-end, footprint',
  ],
  [['--compare', 'nowhere.json'], 'cannot read nowhere.json: there is no such file'],
])('%j is refused in one line', (args, words) => {
  expect(() => benchOptions(args, GROUPS)).toThrow(words);
});

test('a file that is no result of this benchmark is refused before anything is measured', () => {
  const folder = mkdtempSync(join(tmpdir(), 'restante-bench-'));
  const file = join(folder, 'other.json');
  try {
    for (const text of ['{}', 'no JSON']) {
      writeFileSync(file, text);
      expect(() => benchOptions(['--compare', file], GROUPS)).toThrow('is no result of this benchmark');
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
