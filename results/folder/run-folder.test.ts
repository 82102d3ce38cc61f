import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CellResult } from '../cell-result.js';
import { UsageError } from '../exit-codes.js';
import { sortedJson } from './json.js';
import { sampleResult } from '../../test/support/sample-result.js';
import { checkTarget, type Intended, runName, runFiles, writeRunFolder } from './run-folder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'restante-run-'));
});
afterEach(() => {
  chmodSync(folder, 0o755);
  rmSync(folder, { recursive: true, force: true });
});

const result = sampleResult();
const but = (change: Partial<CellResult['summary']>): CellResult => ({
  ...result,
  summary: { ...result.summary, ...change },
});
const changed = but({ fingerprint: 'ffffffffffffffff' });
const other = but({ seed: '43', fingerprint: 'ffffffffffffffff' });

const written = (result: CellResult, plan: string, folder: string) =>
  writeRunFolder(result.summary, runFiles(result, plan), folder);

describe('the run folder', () => {
  test('is named after scenario, seed and fingerprint; the seed made safe', () => {
    expect(runName(result.summary)).toBe('smoke-42-0123abcd');
    expect(runName({ ...result.summary, seed: '../a b/ü' })).toBe('smoke-__a_b__-0123abcd');
    expect(runName({ ...result.summary, seed: 'x'.repeat(200) }).length).toBeLessThan(80);
    expect(runName({ ...result.summary, partial: true })).toBe('smoke-42-0123abcd-partial');
  });

  test('holds the exact figures and the noisy ones apart', () => {
    const target = written(result, 'version: 1\n', join(folder, 'deep', 'run'));
    expect(readdirSync(target).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'hist',
      'junit.xml',
      'metrics.prom',
      'plan.yaml',
      'summary.json',
      'summary.md',
      'timeline.csv',
      'timing.json',
    ]);
    expect(readdirSync(join(target, 'hist'))).toContain('dwell.hgrm');
    expect(readFileSync(join(target, 'summary.json'), 'utf8')).toBe(sortedJson(result.summary));
    expect(readFileSync(join(target, 'timing.json'), 'utf8')).toContain('"wallMs": 1000');
    expect(readFileSync(join(target, 'summary.json'), 'utf8')).not.toContain('wall');
    expect(readdirSync(join(folder, 'deep'))).toEqual(['run']);
  });

  test('is replaced by a run that says the same, and by no other', () => {
    const target = join(folder, 'run');
    written(result, 'one\n', target);
    written(result, 'two\n', target);
    expect(readFileSync(join(target, 'plan.yaml'), 'utf8')).toBe('two\n');
    expect(() => written(other, 'three\n', target)).toThrow(
      /kept as it is: it holds the results of another run/,
    );
    expect(readFileSync(join(target, 'plan.yaml'), 'utf8')).toBe('two\n');
    expect(readdirSync(folder)).toEqual(['run']);
  });

  test('with a part of a run is replaced by the run that got further, and by none that did not', () => {
    const target = join(folder, 'run');
    const part = (events: number) =>
      but({ partial: true, outcome: 'interrupted', events, fingerprint: 'aa' });
    written(part(100), 'one\n', target);
    checkTarget(intended(), target);
    written(part(200), 'two\n', target);
    expect(() => written(part(150), 'three\n', target)).toThrow(
      /it holds more of this run\. This one is in .*run-2 /,
    );
    expect(readFileSync(join(target, 'plan.yaml'), 'utf8')).toBe('two\n');
    written(result, 'whole\n', target);
    expect(readFileSync(join(target, 'plan.yaml'), 'utf8')).toBe('whole\n');
    expect(() => written(part(500), 'four\n', target)).toThrow(/kept as it is/);
    expect(readFileSync(join(target, 'plan.yaml'), 'utf8')).toBe('whole\n');
  });

  test('is kept where another version gave the same run another fingerprint; the new one stands beside it', () => {
    const target = join(folder, 'run');
    written(result, 'one\n', target);
    const told = `it holds this run with the fingerprint ${result.summary.fingerprint}, as another version of restante gives it. This one is in ${target}-2 (PASSED, ffffffffffffffff)\nNext:  restante compare ${target} ${target}-2`;
    for (const plan of ['two\n', 'again\n']) {
      expect(() => written(changed, plan, target)).toThrow(told);
      expect(readFileSync(join(`${target}-2`, 'plan.yaml'), 'utf8')).toBe(plan);
    }
    expect(readFileSync(join(target, 'plan.yaml'), 'utf8')).toBe('one\n');
    expect(readdirSync(folder)).toEqual(['run', 'run-2']);
  });

  test('that is a link stays one, and what it names is replaced', () => {
    mkdirSync(join(folder, 'disk'));
    symlinkSync(join(folder, 'disk'), join(folder, 'link'));
    written(result, 'one\n', join(folder, 'link'));
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'disk', 'plan.yaml'), 'utf8')).toBe('one\n');
    expect(readdirSync(folder)).toEqual(['disk', 'link']);
  });

  test('of our own naming gets a number beside a run of the same fingerprint that says something else', () => {
    vi.stubEnv('RESTANTE_RESULTS', folder);
    const stricter: CellResult = { ...result, summary: { ...result.summary, serviceTimes: 'calibrated' } };
    const keep = ({ summary }: CellResult) =>
      basename(writeRunFolder(summary, runFiles({ ...result, summary }, '')));
    const names = [result, stricter, result, stricter].map(keep);
    vi.unstubAllEnvs();
    expect(names).toEqual([
      'smoke-42-0123abcd',
      'smoke-42-0123abcd-2',
      'smoke-42-0123abcd',
      'smoke-42-0123abcd-2',
    ]);
    expect(readFileSync(join(folder, 'runs', 'latest'), 'utf8')).toBe('smoke-42-0123abcd-2\n');
  });

  test('never replaces what is not a run, and takes an empty folder', () => {
    const target = join(folder, 'mine');
    mkdirSync(target);
    written(result, 'one\n', target);
    rmSync(join(target, 'summary.json'));
    expect(() => written(result, 'two\n', target)).toThrow(/something that is not a run/);
    writeFileSync(join(target, 'summary.json'), '{"schema":"something else"}');
    expect(() => written(result, 'two\n', target)).toThrow(UsageError);
  });

  test('appears whole or not at all', () => {
    // A plan that cannot be written fails half-way through the files.
    const broken = { toString: () => 'x' } as unknown as string;
    expect(() => written(result, broken, join(folder, 'run'))).toThrow(UsageError);
    expect(readdirSync(folder)).toEqual([]);
  });
});

function intended(change: Partial<Intended> = {}): Intended {
  const { scenario, seed, sabotage, planDigest = '' } = result.summary;
  return { scenario, seed, sabotage, planDigest, ...change };
}

describe('before a run', () => {
  test('a place that can be written is left as it was', () => {
    checkTarget(intended(), join(folder, 'a', 'b'));
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a file in the way is told at once', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(() => checkTarget(intended(), join(file, 'run'))).toThrow(
      /cannot write results to .*: a file is in the way\nAnother place/,
    );
    expect(() => checkTarget(intended(), file)).toThrow(UsageError);
  });

  test('the results of another cell are told at once', () => {
    const target = written(result, '', join(folder, 'run'));
    checkTarget(intended(), target);
    expect(() => checkTarget(intended({ seed: '43' }), target)).toThrow(/another run/);
    expect(() => checkTarget(intended({ scenario: 'metro-outage' }), target)).toThrow(/another run/);
    expect(() => checkTarget(intended({ sabotage: 'loses-a-message' }), target)).toThrow(/another run/);
    expect(existsSync(join(target, 'summary.json'))).toBe(true);
  });

  test('the results of another plan are told at once', () => {
    const summary = { ...result.summary, planDigest: '0000000000000001' };
    const target = written({ ...result, summary }, '', join(folder, 'run'));
    checkTarget(intended({ planDigest: '0000000000000001' }), target);
    expect(() => checkTarget(intended({ planDigest: '0000000000000002' }), target)).toThrow(/another run/);
  });

  test.skipIf(process.getuid?.() === 0)('a folder without permission is told at once', () => {
    chmodSync(folder, 0o555);
    expect(() => checkTarget(intended(), join(folder, 'run'))).toThrow(/may not be written/);
  });
});
