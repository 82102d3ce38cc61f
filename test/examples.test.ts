/** The examples of the library are compiled against the built package, by its name, and run. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { defineWorkload, loadScenario, simulate } from '../index.js';

const root = fileURLToPath(new URL('..', import.meta.url));

beforeAll(() => {
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const { status, stdout } = spawnSync(tsc, ['-p', 'docs/examples/tsconfig.json'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(stdout).toBe('');
  expect(status).toBe(0);
}, 120_000);

test.each([
  ['own-workload', 'all were offered\ninvariants held: true\n'],
  ['own-invariant', 'X1 was put to the test: true\nX1 was violated\n'],
  ['own-server', 'more retransmissions: true\ninvariants held: true\n'],
])('%s', (name, expected) => {
  const program = join(root, 'dist', 'examples', `${name}.js`);
  const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toBe(expected);
});

test.each([
  ['to herself', { atS: 20, from: 1, to: 1, sizeOctets: 50 }, /from user 1 to user 1/],
  ['to nobody', { atS: 20, from: 1, to: 9999, sizeOctets: 50 }, /to user 9999/],
  ['before the load', { atS: 1, from: 1, to: 2, sizeOctets: 50 }, /out of order or outside of the load/],
  ['of no size', { atS: 20, from: 1, to: 2, sizeOctets: Number.NaN }, /a body of NaN octets/],
])('a workload with a message %s is refused', (_, message, words) => {
  const workload = defineWorkload({ name: 'wrong', messages: () => [message] });
  expect(() => simulate(loadScenario('smoke'), { workload })).toThrow(words);
});
