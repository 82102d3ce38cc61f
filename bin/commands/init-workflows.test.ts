/** The workflows that `init` writes: their step of comparison, run by a shell in which `npx` only says what it was asked. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { workflow } from './init-workflows.js';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'restante-workflow-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The scripts of all steps. */
const SCRIPTS = {
  github: (yaml: string) =>
    (parse(yaml) as { jobs: { simulate: { steps: { run?: string }[] } } }).jobs.simulate.steps.map(
      ({ run = '' }) => run,
    ),
  gitlab: (yaml: string) => (parse(yaml) as { restante: { script: string[] } }).restante.script,
};

/** What the step that runs the scenario asks of the program. */
function asked(ci: 'github' | 'gitlab'): string {
  const script = SCRIPTS[ci](workflow('first', ci).text).find((text) => text.includes('--baseline')) ?? '';
  const { stdout, stderr } = spawnSync('sh', ['-e', '-c', `npx() { echo "$*"; }\n${script}`], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout;
}

test.each(['github', 'gitlab'] as const)('%s requires a baseline once there is one', (ci) => {
  const run = 'restante run scenarios/first.restante.yaml --out results/first --baseline';
  expect(asked(ci)).toBe(`${run}\n`);
  mkdirSync(join(folder, 'results', 'baselines'), { recursive: true });
  writeFileSync(join(folder, 'results', 'baselines', 'other-42.json'), '{}');
  expect(asked(ci)).toBe(`${run}\n`);
  // Of whatever seed: a scenario whose seed was edited has no baseline of its own.
  writeFileSync(join(folder, 'results', 'baselines', 'first-7.json'), '{}');
  expect(asked(ci)).toBe(`${run} --require-baseline\n`);
});
