import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { ExitCode } from '../../results/exit-codes.js';
import { called } from '../../test/support/command-line.js';
import { TINY } from '../../test/support/tiny.js';

const folder = mkdtempSync(join(tmpdir(), 'restante-run-'));
const foreign = join(folder, 'foreign');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let threads = 0;
const count = () => void threads++;
beforeEach(() => {
  threads = 0;
  process.on('worker', count);
});
afterEach(() => void process.off('worker', count));

const scenario = join(folder, 'tiny.yaml');
writeFileSync(scenario, TINY);
writeFileSync(foreign, 'mine');
const SMALL = ['run', scenario, '--quiet'];

test('a run that is kept has its page from a thread', async () => {
  const { code } = await called(...SMALL, '--out', join(folder, 'kept'));
  expect([code, threads]).toEqual([ExitCode.pass, 1]);
  expect(readdirSync(join(folder, 'kept'))).toContain('report.html');
});

test.each([
  ['an unknown saboteur', ['--sabotage', 'nobody']],
  ['two flags that say the same', ['--repeat', '2', '--verify-determinism']],
  ['a precision of one run', ['--precision', '5%']],
  ['a file that is in the way', ['--out', foreign]],
  ['a number that is none', ['--ladder', 'x']],
  ['a capture that cannot be written', ['--pcap', join(folder, 'nowhere', 'file.pcapng')]],
  ['drawings of no page', ['--drawings', '--no-report']],
])('%s is refused before a thread is started', async (_what, flags) => {
  const { code, err } = await called(...SMALL, ...flags);
  // A thread is announced a turn after it was made.
  await nextTurn();
  expect(err).not.toBe('');
  expect([code, threads]).toEqual([ExitCode.usage, 0]);
});
