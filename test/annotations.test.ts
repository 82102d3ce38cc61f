/** What a CI shows beside the code: a failed threshold at its line of the scenario, on GitHub and on GitLab. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { githubCommands, placed } from '../bin/annotations.js';
import { parseScenario } from '../workloads/scenario/loader.js';
import { called } from './support/command-line.js';
import { TINY } from './support/tiny.js';

const SCENARIO = `${TINY}thresholds:
  ihs: "rate<1%"
  messages.offered:
    - "count<1000"
    - { expr: "count<1", severity: fail }
    - { expr: "count<2", severity: warn }
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'restante-annotations-'));
  writeFileSync(join(folder, 'tiny.yaml'), SCENARIO);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => void vi.unstubAllEnvs());

async function ran(out: string, ...more: string[]) {
  const args = ['run', join(folder, 'tiny.yaml'), '--no-report', '--out', join(folder, out), '-q', ...more];
  const { code, out: stdout, err: stderr } = await called(...args);
  return { code, stdout, stderr };
}

test('GitHub: a command for each threshold that is not met, with file, line and column; stdout stays one document', async () => {
  vi.stubEnv('GITHUB_ACTIONS', 'true');
  vi.stubEnv('GITHUB_WORKSPACE', folder);
  const { code, stdout, stderr } = await ran('github', '--json');
  expect(code).toBe(3);
  const { counts } = JSON.parse(stdout) as { counts: { offered: number } };
  const measured = `measured ${counts.offered} with seed 42`;
  expect(stderr.trimEnd().split('\n')).toEqual([
    `::error file=tiny.yaml,line=12,col=15,title=messages.offered%3Acount<1 not met::${measured}`,
    `::warning file=tiny.yaml,line=13,col=15,title=messages.offered%3Acount<2 not met::${measured}`,
  ]);
});

test('GitLab: a code quality report in the run folder; neither without a CI', async () => {
  vi.stubEnv('GITLAB_CI', 'true');
  vi.stubEnv('GITHUB_WORKSPACE', folder);
  await ran('gitlab');
  const report = JSON.parse(readFileSync(join(folder, 'gitlab', 'code-quality.json'), 'utf8')) as object[];
  expect(report).toHaveLength(2);
  expect(report[0]).toMatchObject({
    severity: 'major',
    location: { path: 'tiny.yaml', lines: { begin: 12 } },
  });
  vi.unstubAllEnvs();
  vi.stubEnv('GITHUB_ACTIONS', '');
  expect((await ran('nobody')).stderr).toBe('');
});

test('a study marks a threshold that its means miss at the same place, and what is wrong with the whole at the top', async () => {
  vi.stubEnv('GITHUB_WORKSPACE', folder);
  vi.stubEnv('GITHUB_ACTIONS', 'true');
  const many = ['--replications', '2', '--json'];
  const { code, stderr } = await ran('github-study', ...many);
  expect(code).toBe(3);
  const lines = stderr.split('\n').filter((line) => line.startsWith('::'));
  expect(lines[0]).toMatch(
    /^::error file=tiny\.yaml,line=12,col=15,title=messages\.offered%3Acount<1 not met::measured .* in the mean of 2 /,
  );
  expect(lines[1]).toMatch(/^::warning file=tiny\.yaml,line=13,col=15,/);
  vi.stubEnv('GITLAB_CI', 'true');
  await ran('gitlab-study', ...many);
  const text = readFileSync(join(folder, 'gitlab-study', 'code-quality.json'), 'utf8');
  expect(JSON.parse(text)).toMatchObject([{ location: { lines: { begin: 12 } } }, {}]);
  const whole = { severity: 'error', title: 'a', message: 'b' } as const;
  const scenario = parseScenario(SCENARIO, 'tiny.yaml');
  expect(placed([whole], scenario, join(folder, 'tiny.yaml'), folder)).toEqual([
    { severity: 'error', title: 'a', message: 'b', file: 'tiny.yaml', line: 1 },
  ]);
});

test('what is in a message cannot break out of the command', () => {
  const message = 'a%b\r\n::error::x';
  expect(githubCommands([{ severity: 'error', title: 'a:b,c', message }])).toBe(
    '::error title=a%3Ab%2Cc::a%25b%0D%0A::error::x\n',
  );
});
