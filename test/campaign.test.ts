/**
 * What a campaign with a planted bug proves: only that the invariant which the bug names can fail. Where others fail and that one holds, the
 * bug was not caught, and `fuzz` and `run` say so.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { survivorText } from '../bin/failure-files.js';
import { parseCapsule } from '../results/capsule.js';
import { UsageError } from '../results/exit-codes.js';
import { runCampaign } from '../workloads/fuzz/fuzz-campaign.js';
import { called } from './support/command-line.js';
import { sampleResult } from './support/sample-result.js';

const folder = mkdtempSync(join(tmpdir(), 'restante-campaign-'));
afterAll(() => rmSync(folder, { recursive: true }));

const VERDICT = { title: 'x', clause: 'y', held: true, checked: 1, violations: 1 };

/** One seed with a bug that deletes a message when it is written: named is I9a, and BYE comes too early as well (I13). */
async function campaign(seed: number, out: string, ...more: string[]) {
  const flags = ['--seeds', `${seed}..${seed}`, '--jobs', '1', '--sabotage', 'deletes-on-write'];
  return called('fuzz', ...flags, '--out', join(folder, out), ...more);
}

describe('a planted bug', () => {
  test('is caught if the invariant that it names is violated, and the capsule goes by that one', async () => {
    const { code, out } = await campaign(1, 'caught', '--quiet');
    expect(out).toMatch(/^seed 1: I9a violated: .*\nseed 1: I13 violated: /);
    expect(out).toMatch(
      /\nFAILED: 1 of 1 seeds violated .*; the saboteur deletes-on-write was caught by I9a\n$/,
    );
    expect(code).toBe(4);
  });

  test('is not caught if only another one is', async () => {
    const { code, out, err } = await campaign(17, 'missed');
    expect(out).toMatch(
      /; the saboteur deletes-on-write was not caught by I9a, which it names: only I13 violated\n$/,
    );
    expect(code).toBe(4);
    expect(err).toContain('\nNext:  restante fuzz fuzz --sabotage deletes-on-write --seeds 18..67\n');
  });

  test('nor if nothing is: exit 9', async () => {
    const flags = ['--seeds', '1..1', '--jobs', '1', '--sabotage', 'never-gives-up', '--quiet'];
    const { code, out } = await called('fuzz', ...flags);
    expect([code, out]).toEqual([
      9,
      'FAILED: 0 of 1 seeds violated an invariant; the saboteur never-gives-up was not caught by I14, which it names: nothing was violated\n',
    ]);
  });

  test('gives capsules by the invariant that it names, though others were violated too', async () => {
    const out = join(folder, 'named');
    const flags = ['--seeds', '1..1', '--jobs', '1', '--sabotage', 'forgets-anonymity', '--quiet'];
    expect((await called('fuzz', ...flags, '--out', out)).out).toMatch(/^seed 1: I1 violated: /);
    expect(readdirSync(out)).toEqual(['fuzz-forgets-anonymity-1-I3.json']);
    const file = join(out, 'fuzz-forgets-anonymity-1-I3.json');
    expect(parseCapsule(readFileSync(file, 'utf8'), file).violation.id).toBe('I3');
  });

  test('of a single run is told to have survived where another invariant was violated', () => {
    const invariants = (...ids: string[]) => ids.map((id) => ({ ...VERDICT, id, held: false }));
    const survivor = (sabotage: string | null, ...ids: string[]) =>
      survivorText({ ...sampleResult().summary, sabotage, invariants: invariants(...ids) });
    expect(survivor('deletes-on-write', 'I13')).toBe(
      'the saboteur deletes-on-write was not caught by I9a, which it names: only I13 violated',
    );
    expect(survivor('deletes-on-write', 'I9a', 'I13')).toBe(undefined);
    expect(survivor('deletes-on-write')).toBe(undefined);
    expect(survivor(null, 'I13')).toBe(undefined);
  });
});

describe('a folder for capsules that cannot be written', () => {
  const inTheWay = join(folder, 'file');
  writeFileSync(inTheWay, '');

  test('is refused before a seed is run', async () => {
    const { code, out, err } = await called('fuzz', '--seeds', '1..9', '--out', join(inTheWay, 'capsules'));
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(
      /^restante: cannot write results to \S+: a file is in the way\nAnother place is given by --out DIR\n$/,
    );
  });

  test.each([1, 2])('or whatever else its listener throws ends the campaign, with %d jobs', async (jobs) => {
    const campaigning = runCampaign(
      { scenario: 'fuzz', set: [], sabotage: null },
      {
        from: 1,
        to: 4,
        jobs,
        interrupted: () => false,
        onReport: () => {
          throw new UsageError('the disk is full');
        },
      },
    );
    await expect(campaigning).rejects.toThrow('the disk is full');
  });
});
