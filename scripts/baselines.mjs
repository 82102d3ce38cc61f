// Accepts what three scenarios do now as the baselines of `test/baselines.test.ts`. Look at the diff before you commit it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { status } = spawnSync(
  join(root, 'node_modules', '.bin', 'vitest'),
  ['run', 'test/baselines.test.ts'],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ACCEPT_BASELINES: '1' },
  },
);
console.log('git diff results/baselines   shows what moved');
process.exitCode = status ?? 1;
