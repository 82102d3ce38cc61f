/**
 * The documentation: every command in it is run, in order, in an empty folder; words it shows are words that come. Pages know nothing of
 * each other, so they run side by side.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { METRICS } from '../results/metrics.js';
import { scenarioJsonSchema } from '../workloads/scenario/json-schema.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'dist', 'bin', 'restante.js');
const textOf = (name: string) => readFileSync(join(root, 'docs', name), 'utf8');

/** Runs the program in `folder`; gives its exit code and what it said on stderr. */
function called(args: readonly string[], folder: string): Promise<{ status: number | null; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('close', (status) => resolve({ status, stderr }));
  });
}

/** Exit codes of commands that are meant to fail. */
const EXPECTED: readonly (readonly [RegExp, number])[] = [
  [/--sabotage accepts-before-commit/, 4],
  [/^compare /, 5],
];

function commandsOf(text: string): string[] {
  const blocks = [...text.matchAll(/```console\n([\s\S]*?)```/g)].map(([, block]) => block);
  return blocks.flatMap((block) => [...block.matchAll(/^\$ restante (.*)$/gm)].map(([, command]) => command));
}

/** What makes a run of smoke short, the command itself as it stands there. */
const SMALLER = ['--no-report', '--set', 'population.subscribers=20', '--set', 'traffic.pager.rate=1/s'];

/** Runs are made smaller, but for those of one page, at their full size and with their report. */
const AT_FULL_SIZE = 'planner.md';

/** The scenario that a page shows as `mine.yaml`. */
const shownScenario = (text: string) => /```yaml\n(version: 1\n[\s\S]*?)```/.exec(text)?.[1];

test.concurrent.each(['start.md', 'scenario.md', 'ci.md', AT_FULL_SIZE, 'faults.md'])(
  'docs/%s',
  async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'restante-docs-'));
    const commands = commandsOf(textOf(name));
    expect(commands.length).toBeGreaterThan(2);
    const shown = shownScenario(textOf(name));
    if (shown !== undefined) writeFileSync(join(folder, 'mine.yaml'), shown);
    for (const written of commands) {
      // The fingerprint in a page is the one of its day.
      const runs = join(folder, 'results', 'runs');
      const command = written.replace(/results\/runs\/smoke-42-[0-9a-f]{8}/, () => {
        const found = readdirSync(runs).find((entry) => /^smoke-42-[0-9a-f]{8}$/.test(entry));
        return `results/runs/${found ?? 'none'}`;
      });
      const smaller = /^run (?!mine)/.test(command) && name !== AT_FULL_SIZE ? SMALLER : [];
      const { status, stderr } = await called([...command.split(' '), ...smaller], folder);
      const expected = EXPECTED.find(([pattern]) => pattern.test(command))?.[1] ?? 0;
      expect([command, status], stderr).toEqual([command, expected]);
    }
    rmSync(folder, { recursive: true, force: true });
  },
  600_000,
);

/** Commands of the README that take minutes, by smaller ones of the same kind; the whole of each is run elsewhere. */
const LIGHTER: readonly (readonly [string, string])[] = [
  ['fuzz --seeds 1..50 --jobs 2', 'fuzz --seeds 1..3 --jobs 1'],
  ['sabotage', 'sabotage stores-twice'],
];

test.concurrent(
  'README.md',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'restante-readme-'));
    const text = readFileSync(join(root, 'README.md'), 'utf8');
    const lines = [...text.matchAll(/^npx restante ([^#\n]*)/gm)].map(([, line]) => line.trim());
    expect(lines.length).toBeGreaterThan(8);
    const shipped = readFileSync(join(root, 'workloads', 'scenarios', 'smoke.yaml'), 'utf8');
    writeFileSync(join(folder, 'mine.yaml'), shipped);
    for (const line of lines) {
      const command = LIGHTER.find(([written]) => written === line)?.[1] ?? line;
      const args = [...command.split(' '), ...(command.startsWith('run') ? SMALLER : [])];
      const { status, stderr } = await called(args, folder);
      expect([line, status], stderr).toEqual([line, 0]);
    }
    rmSync(folder, { recursive: true, force: true });
  },
  600_000,
);

test('every command in the documentation is one that there is', () => {
  const help = spawnSync(process.execPath, [program, '--help'], { encoding: 'utf8' }).stdout;
  const known = new Set([...help.matchAll(/^ {2}restante ([a-z-]+)/gm)].map(([, name]) => name));
  const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const texts = [...pages.map(textOf), readFileSync(join(root, 'README.md'), 'utf8')];
  const named = texts.flatMap((text) => [
    ...[...text.matchAll(/`restante ([a-z][a-z-]*)/g)].map(([, name]) => name),
    ...[...text.matchAll(/^(?:\$|npx) restante ([a-z-]+)/gm)].map(([, name]) => name),
  ]);
  expect(named.length).toBeGreaterThan(30);
  expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
});

test('the page of the scenario names each key at the top, each choice of load and what all faults have', () => {
  const page = textOf('scenario.md');
  const { properties = {} } = scenarioJsonSchema();
  const { executor, process: arrivals } = properties['traffic']!.properties!['pager']!.properties!;
  const { mode, direction, ...faultKeys } = properties['faults']!.items!.oneOf![0]!.properties!;
  const own = new Set(['time', 'jitter']);
  const words = [
    ...Object.keys(properties),
    ...[executor, arrivals, mode, direction].flatMap((choice) => (choice?.enum ?? []) as string[]),
    ...Object.keys(faultKeys).filter((key) => !own.has(key)),
  ];
  expect(words.length).toBeGreaterThan(40);
  expect(words.filter((word) => !page.includes(`\`${word}\``))).toEqual([]);
});

test('the glossary knows every metric', () => {
  const glossary = textOf('metrics.md');
  expect(METRICS.filter(({ name }) => !glossary.includes(`| \`${name}\``)).map(({ name }) => name)).toEqual(
    [],
  );
});
