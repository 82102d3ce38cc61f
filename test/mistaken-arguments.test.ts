/** Arguments that would be taken for something else than was meant, or dropped, are told: exit 2, nothing on stdout. */
import { expect, test } from 'vitest';
import { called } from './support/command-line.js';

test.each([
  // Off without a word, this one would pass a gate that was asked for.
  [
    ['run', 'smoke', '--require-baseline=1'],
    /^restante: --require-baseline=1: --require-baseline is a switch/,
  ],
  [
    ['run', 'smoke', '--json=1'],
    /^restante: --json=1: --json is a switch and takes no value, --no-json turns it off\n$/,
  ],
  [['run', 'smoke', '-q=maybe'], /^restante: -q=maybe: -q is a switch and takes no value\n$/],
  [['fuzz', '--stop-on-violation=yes'], /--stop-on-violation is a switch/],
  [
    ['run', 'smoke', '--no-report=false'],
    /--report is a switch and takes no value, --no-report turns it off/,
  ],
  [['plan', 'smoke', '--yaml='], /--yaml is a switch/],
  [['validate', '-'], /^restante: "-" is not read here: give the path of a file\n/],
  [['run', '-'], /^restante: "-" is not read here/],
  [['compare', '-', '-'], /^restante: "-" is not read here/],
  [['explain', '-'], /^restante: "-" is not read here/],
  [
    ['run', '--', 'smoke'],
    /^restante: what stands behind -- is not read: leave out -- \(before "smoke"\)\n$/,
  ],
])('%j', async (args, message) => {
  const { code, out, err } = await called(...args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(message);
});

test('true and false are what a switch says without a value', async () => {
  const plain = await called('plan', 'smoke', '--json');
  expect(JSON.parse(plain.out)).toBeTruthy();
  expect(await called('plan', 'smoke', '--json=true')).toEqual(
    expect.objectContaining({ code: 0, out: plain.out }),
  );
  const text = await called('plan', 'smoke', '--json=false');
  expect([text.code, text.out]).toEqual([0, (await called('plan', 'smoke')).out]);
});
