/** `restante explain` and `restante completion`: every word that a report uses is known, offline. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { called } from './support/command-line.js';

test.each([
  [['exit-code', '4'], /^exit code 4: an invariant or liveness was violated\n$/],
  [['130'], /^exit code 130: interrupted/],
  [['push.dwell'], /^push\.dwell: from the receipt .*\n {2}a trend in us; .*lower is better\n$/],
  [['push.dwell.p95'], /^push\.dwell: /],
  [['I8'], /invariant I8: .*\n {2}from: .*\n {2}seen to fail with: .*stores-twice/],
  [['partition'], /^fault partition: cuts the target off/],
  [
    ['loss'],
    /\n {2}percent: .*\n {2}gemodel: .*\n {2}in a scenario, .* kind: loss, target: clients, percent: 20% \}\]\n$/,
  ],
  [['stores-twice'], /^saboteur stores-twice: .*\n {2}caught by I8\n$/],
  [['T4'], /^rule T4 \(SHALL\): [^\n]*\n {2}where it is kept: docs\/conformance\.md\n$/],
  [['poisson'], /^arrival process poisson: independent exponential gaps\n$/],
  [['stairs'], /^executor stairs: /],
  [['rcs'], /^preset rcs: /],
  [['smoke'], /^scenario smoke: 200 clients.*\n {2}restante run smoke\n$/],
  [['doc'], /^DOC: design objective capacity/],
  [['S1a'], /^rule S1a \(SHALL NOT\): Charging header fields are not kept/],
])('explain %j', async (words, expected) => {
  const { code, out, err } = await called('explain', ...words);
  expect(out).toMatch(expected);
  expect([code, err]).toEqual([0, '\nNext:  restante list\n']);
});

test('what is not known is told, with what may have been meant', async () => {
  const { code, out, err } = await called('explain', 'partitoin');
  expect(err).toMatch(/^restante: nothing is known of "partitoin" — did you mean "partition"\?\nAsk for/);
  expect([code, out]).toEqual([2, '']);
  expect((await called('explain', 'exit-code', '77')).code).toBe(2);
});

test('the completion for bash completes commands, flags and scenarios', async () => {
  const { out } = await called('completion', 'bash');
  const complete = (...words: string[]) => {
    const line = `COMP_WORDS=(${words.join(' ')} ''); COMP_WORDS[${words.length - 1}]='${words.at(-1)}'; COMP_CWORD=${words.length - 1}; _restante; echo "\${COMPREPLY[@]}"`;
    return spawnSync('bash', ['-c', `${out}\n${line}`], { encoding: 'utf8' }).stdout.trim();
  };
  expect(complete('restante', 'comp')).toBe('compare completion');
  expect(complete('restante', 'run', '--bas')).toBe('--baseline');
  expect(complete('restante', 'run', 'smo')).toBe('smoke');
  expect((await called('completion', 'tcsh')).code).toBe(2);
});
