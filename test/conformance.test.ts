/** docs/conformance.md is current, and every rule of docs/rules.md has a test or a stated reason for having none. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../scripts/conformance.mjs', import.meta.url));
const RULES = fileURLToPath(new URL('../docs/rules.md', import.meta.url));

function check(...args: readonly string[]): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, [SCRIPT, '--check', ...args], { encoding: 'utf8' });
}

test('npm run conformance has nothing to change and nothing to complain of', () => {
  const { status, stderr } = check();
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

describe('npm run conformance refuses', () => {
  /** What it says of the rules as `change` leaves them. */
  function saidOf(change: (rules: string) => string): string {
    const folder = mkdtempSync(join(tmpdir(), 'restante-rules-'));
    try {
      const file = join(folder, 'rules.md');
      writeFileSync(file, change(readFileSync(RULES, 'utf8')));
      const { status, stderr } = check('--rules', file);
      expect(status).toBe(1);
      return stderr;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const newRule = (rules: string): string => rules.replace(/^\| M1 \|/m, '| M77 | SHALL | New. |\n$&');

  it('a rule that no test names', () => {
    expect(saidOf(newRule)).toContain('rules without a test and without a reason: M77\n');
  });

  it('an excuse without words', () => {
    const said = saidOf((rules) => `${newRule(rules)}\n| rules | reason |\n|---|---|\n| M77 |  |\n`);
    expect(said).toContain('rules excused without words: M77\n');
  });

  it('an excuse for a rule that has tests', () => {
    const said = saidOf((rules) => `${rules}\n| rules | reason |\n|---|---|\n| P9 | Nobody looked. |\n`);
    expect(said).toContain('rules excused although they have tests: P9\n');
  });

  it('the name of a test that is not there', () => {
    const said = saidOf((rules) => rules.replace('sender-chosen identity', 'a test that went'));
    expect(said).toContain('N9: models/im-server/store/header-policy.test.ts has no test "a test that went"');
  });
});
