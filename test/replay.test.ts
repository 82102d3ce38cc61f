/**
 * A capsule that meets another program than the one that made it: does the failure still happen, is it the same run, and if not, what is
 * different between then and now.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeCapsule } from '../bin/capsule-files.js';
import { ASSERTION_ID, parseCapsule, type Capsule } from '../results/capsule.js';
import { sortedJson } from '../results/folder/json.js';
import { evaluate } from '../workloads/evaluate.js';
import { cellDigest, cellOfCapsule } from '../workloads/fuzz/capsules.js';
import { fuzzCell } from '../workloads/fuzz/fuzz-cell.js';
import { called } from './support/command-line.js';

const folder = mkdtempSync(join(tmpdir(), 'restante-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

const cell = fuzzCell({ scenario: 'fuzz', set: [], sabotage: 'deletes-on-write' }, 1);
const made = makeCapsule(evaluate(cell), cell) as Capsule;

async function replayed(name: string, changes: Partial<Capsule>, ...flags: string[]) {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, sortedJson({ ...made, ...changes }));
  return called('replay', file, '--quiet', ...flags);
}

/** What a run has that went otherwise in its sixth second. */
const OTHER_RUN = {
  fingerprint: '0123456789abcdef',
  checkpoints: made.checkpoints.with(5, 'ffffffffffffffff'),
};
const OLDER = { ...made.versions, build: 'f'.repeat(64) };

describe('replay', () => {
  it('of the same run says that every octet was the same', async () => {
    const { code, out } = await replayed('same', {});
    expect(out).toMatch(/^REPRODUCED: I9a violated again: .*; same fingerprint\n$/);
    expect(code).toBe(4);
  });

  it('by another build reproduces the violation in another run: exit 4, and both builds are named', async () => {
    const { code, out } = await replayed('older', { ...OTHER_RUN, versions: OLDER });
    expect(out).toMatch(
      /^REPRODUCED IN ANOTHER RUN: I9a violated again: .*; another fingerprint, another run from virtual second 5 on\n {2}it is of build f{12}, this is build [0-9a-f]{12}\n$/,
    );
    expect(code).toBe(4);
    const part = await replayed('part', { ...OTHER_RUN, versions: OLDER }, '--until', '10s');
    expect(part.out).toMatch(/another run from virtual second 5 on; I9a holds\n {2}it is of build f{12}, /);
    expect(part.code).toBe(9);
  });

  it('of an assertion that no longer fails says that: exit 9', async () => {
    const violation = { ...made.violation, id: ASSERTION_ID, first: 'two and two is five' };
    const { code, out } = await replayed('mended', { ...OTHER_RUN, violation });
    expect(out).toMatch(/^NOT REPRODUCED: no assertion failed; /);
    expect(code).toBe(9);
  });

  it('of a cell that was edited says so', async () => {
    const { code, out } = await replayed('edited', { cell: { ...made.cell, sabotage: null } });
    expect(out).toMatch(
      /^NOT REPRODUCED: I9a held; another run from virtual second \d+ on\n {2}its cell reads otherwise \(digest \w{16}, was \w{16}\): /,
    );
    expect(code).toBe(9);
    const shrunk = await called('shrink', join(folder, 'edited.json'), '--quiet');
    expect(shrunk.out).toMatch(/^NOT REPRODUCED: I9a held, .*\n {2}its cell reads otherwise /);
    expect(shrunk.code).toBe(9);
  });

  it('of the same run, judged otherwise', async () => {
    const violation = { ...made.violation, id: 'I1' };
    const { code, out } = await replayed('judged', { violation, violated: ['I1'], versions: OLDER });
    expect(out).toMatch(/^NOT REPRODUCED: I1 held; I9a is violated now: .*; same fingerprint, so it is the/);
    expect(code).toBe(9);
  });

  it('names versions of restante and Node, and what an old capsule does not say', async () => {
    const versions = { restante: '0.0.0-test', node: 'v0' };
    const { out } = await replayed('ancient', { ...OTHER_RUN, versions });
    expect(out).toMatch(/\n {2}the capsule is of restante 0\.0\.0-test, this is \d\S+\n/);
    expect(out).toMatch(/\n {2}the capsule does not say which build it is of\n/);
    expect(out).toMatch(/\n {2}it was made on Node v0, this is v\d\S+\n$/);
  });

  it('that came to a limit before the violation says that it does not know: exit 8', async () => {
    const limited = {
      ...cell,
      scenario: { ...cell.scenario, limits: { ...cell.scenario.limits, events: 500 } },
    };
    const short = makeCapsule({ ...evaluate(cell), outcome: 'event-limit' }, limited) as Capsule;
    const { code, out } = await replayed('limited', short);
    expect(out).toBe(
      'INCONCLUSIVE: the limit of events was reached (limits.events), and I9a held until then\n',
    );
    expect(code).toBe(8);
  });

  it('that differs though nothing that is known does, asks whether the run is deterministic', async () => {
    const { out } = await replayed('odd', OTHER_RUN);
    expect(out).toMatch(
      /\n {2}version, build and cell are the same: try restante run --verify-determinism\n$/,
    );
  });
});

describe('replay of what is not a file of its own', () => {
  it('finds the capsule in the folder of a run', async () => {
    const run = join(folder, 'run');
    mkdirSync(run);
    writeFileSync(join(run, 'capsule.json'), sortedJson(made));
    expect((await called('replay', run, '--quiet')).code).toBe(4);
    expect((await called('shrink', run, '--runs', '1', '--quiet')).code).toBe(4);
    expect(existsSync(join(run, 'capsule.min.json'))).toBe(true);
    const { code, err } = await called('replay', folder);
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('has no capsule.json: no invariant was violated'),
    ]);
  });
});

it('what cannot be written is told of before anything runs', async () => {
  // Of a capsule that would not reproduce: nothing was run if nobody says so.
  const edited = { cell: { ...made.cell, sabotage: null } };
  for (const flag of ['--svg', '--lift', '--pcap']) {
    const { code, out, err } = await replayed('unwritten', edited, flag, folder);
    expect(err).toMatch(/^restante: cannot write (?:the capture )?\S+: a folder is in the way\n$/);
    expect([code, out]).toEqual([2, '']);
  }
  const shrunk = await called('shrink', join(folder, 'unwritten.json'), '--out', folder);
  expect([shrunk.code, shrunk.out]).toEqual([2, '']);
});

// A device that is always full; not every system has it.
it.runIf(existsSync('/dev/full'))('a disk that fills up under a capture is no failed assertion', async () => {
  const { code, out, err } = await replayed('full', {}, '--pcap', '/dev/full');
  expect(err).toBe('restante: cannot write the capture /dev/full: the disk is full\n');
  expect([code, out]).toEqual([2, '']);
});

it('replay --lift with what it would pass by in silence is refused', async () => {
  const { code, out, err } = await replayed('lifted', {}, '--lift', join(folder, 'l.json'), '--until', '3s');
  expect(err).toMatch(/^restante: --lift writes another capsule: ask of that one for --ladder, .*\n$/);
  expect([code, out]).toEqual([2, '']);
});

describe('replay --ladder', () => {
  it('of a violation that names a user alone draws the last message that had to do with her', async () => {
    const capsule = makeCapsule(evaluate(cell), cell, 'I13') as Capsule;
    expect(capsule.violation).toMatchObject({ id: 'I13', message: null });
    const { out, err } = await replayed('user', capsule, '--ladder');
    const message =
      /I13 names no message; message (\d+) is the last that had to do with user 7 until then/.exec(err);
    expect(out).toContain(`message ${message?.[1]} from `);
    expect(out).toContain('to u7\n');
  });

  it('of a violation that names nobody says which numbers there are to ask for', async () => {
    const { code, err } = await replayed(
      'nameless',
      { violation: { ...made.violation, message: null, first: 'at 1 s: x' } },
      '--ladder',
    );
    const [, least, most, some] =
      /^no ladder: I9a names no message here; ask for one of (\d+) to (\d+), as in --ladder (\d+)\n$/.exec(
        err,
      ) ?? [];
    expect([code, Number(some) >= Number(least) && Number(some) <= Number(most)]).toEqual([4, true]);
    expect((await replayed('nameless-again', {}, '--ladder', some ?? '')).out).toContain(
      `message ${some} from `,
    );
  });

  it('of a message that nobody offered says so in one line, and draws nothing', async () => {
    const svg = join(folder, 'nobody.svg');
    const { code, out, err } = await replayed('nobody', {}, '--ladder', '999', '--svg', svg);
    expect(out).toMatch(/^REPRODUCED: /);
    expect(err).toMatch(
      /^no ladder: message 999 was not offered; those that were have numbers from 0 to \d+\n$/,
    );
    expect([code, existsSync(svg)]).toEqual([4, false]);
    const early = await replayed('early', {}, '--ladder', '1', '--until', '1ms');
    expect(early.err).toBe('no ladder: message 1 was not offered; none was\n');
    const kept = join(folder, 'run-nobody');
    const run = await called('run', 'fuzz', '--ladder', '999', '-q', '--no-report', '--out', kept);
    expect(run.out).toMatch(/^PASSED {2}.*\n$/);
    expect(run.err).toMatch(/^restante: no ladder: message 999 was not offered; .*\n$/);
    expect(readdirSync(kept).filter((file) => file.startsWith('ladder'))).toEqual([]);
  });
});

it('the digest of a cell outlives its capsule', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const one = fuzzCell({ scenario: 'fuzz', set: [], sabotage: null }, seed);
    const capsule = makeCapsule({ ...evaluated, outcome: 'completed' }, one) as Capsule;
    const read = cellOfCapsule(parseCapsule(sortedJson(capsule), 'x'), 'x', made.versions.restante);
    expect(cellDigest(read), `seed ${seed}`).toBe(capsule.cellDigest);
  }
});

/** Verdicts of some run that failed. */
const evaluated = {
  fingerprint: made.fingerprint,
  checkpoints: made.checkpoints,
  invariants: [{ id: 'I1', title: 'x', clause: 'y', held: false, checked: 1, violations: 1 }],
};
