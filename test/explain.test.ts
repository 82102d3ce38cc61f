/** `restante explain` and `restante completion`: words of the reports are known, offline, and the glossary is the one of the documentation. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { listInvariants } from '../models/invariants/suite.js';
import { TERMS, TERMS_OF_FIGURES } from '../results/text/glossary.js';
import { KEYS_OF_EVERY_FAULT } from '../workloads/faults/faults-schema.js';
import { called } from './support/command-line.js';

test.each([
  [['exit-code', '4'], /^exit code 4: an invariant or liveness was violated\n$/],
  [['130'], /^exit code 130: interrupted/],
  [['push.dwell'], /^push\.dwell: from the receipt .*\n {2}a time; aggregates avg, .*lower is better\n$/],
  [['push.dwell.p95'], /^push\.dwell: /],
  [['I8'], /invariant I8: .*\n {2}from: .*\n {2}seen to fail with: .*stores-twice/],
  [['i8'], /invariant I8: /],
  [['I9a'], /\n {2}from: RFC 3428 section 7; rules 7 \(docs\/rules\.md has these sections\)\n/],
  [['push.dwell', 'I8', 's1a'], /^push\.dwell: [^]*\n\ninvariant I8: [^]*\n\nrule S1a /],
  [['exit-code', '4', '5'], /^exit code 4: .*\n\nexit code 5: a regression/],
  [['exit', 'code', '4'], /^exit code 4: an invariant or liveness was violated\n$/],
  [['arrival', 'process', 'poisson'], /^arrival process poisson: independent exponential gaps\n$/],
  [['executor', 'stairs', 'closed'], /^executor stairs: .*\n\nexecutor closed: /],
  [['Invariant', 'i8'], /^invariant I8: /],
  [
    ['partition'],
    /^fault partition: cuts the target off[^]*\nevery fault may have\n {2}id: [^]*\n {2}mode: [^]*random-max-percent/,
  ],
  [['fault', 'partition'], /^fault partition: cuts the target off/],
  [
    ['loss'],
    /\n {2}percent: .*\n {2}gemodel: .*\n {2}in a scenario, .* kind: loss, target: clients, percent: 20% \}\]\nevery fault may have\n/,
  ],
  [['stores-twice'], /^saboteur stores-twice: .*\n {2}caught by I8\n$/],
  [['T4'], /^rule T4 \(SHALL\): [^\n]*\n {2}where it is kept: docs\/conformance\.md\n$/],
  [['poisson'], /^arrival process poisson: independent exponential gaps\n$/],
  [['stairs'], /^executor stairs: /],
  [['rcs'], /^preset rcs: /],
  [['smoke'], /^scenario smoke: 200 clients.*\n {2}restante run smoke\n$/],
  [['doc'], /^DOC: design objective capacity/],
  [['dwell', 'canary'], /^dwell: from the receipt[^]*\n\ncanary: a rare text/],
  [['fault', 'budget'], /^fault budget: what a deployment/],
  [['General', 'healing'], /^general healing: the instant/],
  [['duplicate'], /^fault duplicate: a share of datagrams/],
  [['S1a'], /^rule S1a \(SHALL NOT\): Charging header fields are not kept/],
])('explain %j', async (words, expected) => {
  const { code, out, err } = await called('explain', ...words);
  expect(out).toMatch(expected);
  expect([code, err]).toEqual([0, '\nNext:  restante list\n']);
});

test('the glossary stands word for word in the documentation', () => {
  const page = (name: string) =>
    readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8').replaceAll(/\s+/g, ' ');
  const missing = (text: string, terms: Readonly<Record<string, string>>) =>
    Object.entries(terms).filter(([word, meaning]) => !text.includes(`- **${word}**: ${meaning}`));
  expect(missing(page('metrics.md'), TERMS_OF_FIGURES)).toEqual([]);
  expect(missing(page('start.md'), TERMS)).toEqual([]);
});

test('an invariant of a run has a rule of its name, and explain says both', async () => {
  for (const { id } of listInvariants()) {
    const { out } = await called('explain', id);
    expect(out).toMatch(new RegExp(`^invariant ${id}: [^]*\\nrule ${id} \\(`));
  }
  expect((await called('explain', 'I15')).out).toMatch(/^rule I15 .*Not watched in a run/);
});

test('every key that all faults have is explained', async () => {
  const { out } = await called('explain', 'loss');
  for (const key of KEYS_OF_EVERY_FAULT) expect(out).toMatch(new RegExp(`^  ${key}: \\S`, 'm'));
});

test('explain exit-code alone tells all of them', async () => {
  const { out } = await called('explain', 'exit-code');
  expect(out.trimEnd().split('\n')).toHaveLength(12);
  expect(out).toContain('exit code 3: a threshold of severity fail was not met\n');
});

test('the page of exit codes says of each what explain says, and nothing else', async () => {
  const { out } = await called('explain', 'exit-code');
  const page = readFileSync(new URL('../docs/exit-codes.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| (\d+) +\| (.*?) +\|$/gm)];
  expect(rows.map(([, code, text]) => `exit code ${code}: ${text}\n`).join('')).toBe(out);
});

test('what is not known is told, with what may have been meant', async () => {
  const { code, out, err } = await called('explain', 'partitoin');
  expect(err).toMatch(
    /^restante: nothing is known of "partitoin" — did you mean "partition"\?\nrestante list has most names/,
  );
  expect([code, out]).toEqual([2, '']);
  expect((await called('explain', 'exit-code', '77')).code).toBe(2);
  expect((await called('explain', 'partition', 'I99')).err).toMatch(/^restante: nothing is known of "I99"/);
});

test('the completion for fish offers commands, then flags of the one that was typed, scenarios and files', async () => {
  const { out } = await called('completion', 'fish');
  const lines = out.trimEnd().split('\n');
  expect(lines[0]).toBe('# fish: restante completion fish | source');
  for (const line of lines.slice(1))
    expect(line).toMatch(/^complete -c restante -n '[^']+'(?: -[fl]| -a '[^']+'| [a-z-]+)+$/);
  const commands = / -f -a '([^']+)'$/.exec(lines[1] ?? '')?.[1]?.split(' ') ?? [];
  expect(commands).toEqual(expect.arrayContaining(['run', 'compare', 'completion']));
  const flagsOf = (command: string) =>
    lines.flatMap(
      (line) => new RegExp(`'__fish_seen_subcommand_from ${command}' -l (\\S+)$`).exec(line)?.[1] ?? [],
    );
  expect(flagsOf('run')).toEqual(expect.arrayContaining(['baseline', 'seed', 'help']));
  expect(flagsOf('list')).toEqual(['help']);
  for (const command of commands) expect(flagsOf(command), command).toContain('help');
  const scenarios = lines.find((line) => line.includes(" 'not __fish_use_subcommand' "));
  // Files too: fish offers them unless -f says no.
  expect(scenarios).toMatch(/ -a '[^']*\bsmoke\b[^']*'$/);
  const fish = spawnSync('fish', ['--no-execute'], { input: out, encoding: 'utf8' });
  if (fish.error === undefined) expect([fish.status, fish.stderr]).toEqual([0, '']);
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
  expect(complete('restante', 'validate', '--he')).toBe('--help');
  expect((await called('completion', 'tcsh')).code).toBe(2);
});
