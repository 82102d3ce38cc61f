/** docs/conformance.md is current, and every rule of docs/rules.md has a test or a stated reason for having none. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('npm run conformance has nothing to change and nothing to complain of', () => {
  const script = fileURLToPath(new URL('../scripts/conformance.mjs', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
