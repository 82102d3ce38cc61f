/** The documentation: every command in it is run, in order, in an empty folder; words it shows are words that come. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { METRICS } from '../results/metrics.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'dist', 'bin', 'restante.js');
const textOf = (name: string) => readFileSync(join(root, 'docs', name), 'utf8');

/** Exit codes of commands that are meant to fail. */
const EXPECTED: readonly (readonly [RegExp, number])[] = [
  [/--sabotage accepts-before-commit/, 4],
  [/^compare /, 5],
];

function commandsOf(text: string): string[] {
  const blocks = [...text.matchAll(/```console\n([\s\S]*?)```/g)].map(([, block]) => block);
  return blocks.flatMap((block) => [...block.matchAll(/^\$ restante (.*)$/gm)].map(([, command]) => command));
}

test.each(['start.md', 'ci.md', 'planner.md', 'faults.md'])(
  'docs/%s',
  (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'restante-docs-'));
    const commands = commandsOf(textOf(name));
    expect(commands.length).toBeGreaterThan(2);
    for (const written of commands) {
      // The fingerprint in a page is the one of its day.
      const runs = join(folder, 'results', 'runs');
      const command = written.replace(/results\/runs\/smoke-42-[0-9a-f]{8}/, () => {
        const found = readdirSync(runs).find((entry) => /^smoke-42-[0-9a-f]{8}$/.test(entry));
        return `results/runs/${found ?? 'none'}`;
      });
      const { status, stderr } = spawnSync(process.execPath, [program, ...command.split(' ')], {
        cwd: folder,
        encoding: 'utf8',
      });
      const expected = EXPECTED.find(([pattern]) => pattern.test(command))?.[1] ?? 0;
      expect([command, status], stderr).toEqual([command, expected]);
    }
    rmSync(folder, { recursive: true, force: true });
  },
  180_000,
);

test('the glossary knows every metric', () => {
  const glossary = textOf('metrics.md');
  expect(METRICS.filter(({ name }) => !glossary.includes(`| \`${name}\``)).map(({ name }) => name)).toEqual(
    [],
  );
});
