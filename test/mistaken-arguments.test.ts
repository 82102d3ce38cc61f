/** Arguments that would be taken for something else than was meant, or dropped, are told: exit 2, nothing on stdout. */
import { expect, test, vi } from 'vitest';
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
  [
    ['--quiet', 'run', 'smoke'],
    /^restante: --quiet stands before the command: flags come after it, restante run \.\.\. --quiet\n$/,
  ],
  [['--seed=7', 'run', 'smoke'], /^restante: --seed stands before the command/],
  [
    ['fuzz', '--seeds', '1..999999999999'],
    /^restante: --seeds 1\.\.999999999999: seeds are numbers up to 999999999\n$/,
  ],
  // It is there, so it is not told to be missing.
  [
    ['events', 'smoke', '--second', 'x'],
    /^restante: --second x: name a second of virtual time, a whole number from 0 on, as in --second 12\n$/,
  ],
  [['events', 'smoke'], /^restante: --second is missing: name a second/],
  [
    ['fuzz', '--seeds', '5..1'],
    /^restante: --seeds 5\.\.1 is not a range: it ends before it begins, write --seeds 1\.\.5\n$/,
  ],
  [
    ['capacity', 'smoke', '--slo', 'ihs:rate<1%', '--precision', '0%'],
    /^restante: --precision 0%: a search ends at some distance, 0\.01% or more\n$/,
  ],
  [
    ['capacity', 'smoke', '--slo', 'ihs:rate<1%', '--carried', '200%'],
    /^restante: --carried 200%: a share of at most 100% is needed here, for example --carried 99%\n$/,
  ],
])('%j', async (args, message) => {
  const { code, out, err } = await called(...args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(message);
});

test('help and version are commands too, as they are elsewhere', async () => {
  expect(await called('help', 'run')).toEqual(await called('run', '--help'));
  expect(await called('help')).toEqual(await called('--help'));
  expect(await called('version')).toEqual(await called('--version'));
  expect((await called('--no-color', 'list')).code).toBe(0);
});

test('validate ends with the file that it was given', async () => {
  const set = ['--set', 'network.loss=5%'];
  const { code, err } = await called('validate', 'smoke', ...set);
  expect([code, err]).toEqual([
    0,
    '\nNext:  restante plan smoke --set network.loss=5%\n       restante run smoke --set network.loss=5%\n',
  ]);
});

test('settings are shown as JSON where that is asked for, and what is wrong in the environment is told of it', async () => {
  const { code, out } = await called(
    'sweep',
    'smoke',
    '--vary',
    'network.loss=0%',
    '--jobs',
    '3',
    '--print-config',
    '--json',
  );
  expect([code, JSON.parse(out)]).toMatchObject([0, { jobs: { value: '3', from: 'command line' } }]);
  vi.stubEnv('RESTANTE_JOBS', 'x');
  const wrong = await called('sweep', 'smoke', '--vary', 'network.loss=0%');
  vi.unstubAllEnvs();
  expect(wrong).toEqual({
    code: 2,
    out: '',
    err: 'restante: RESTANTE_JOBS=x: a whole number from 1 up is needed\n',
  });
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
