// Runs dependency-cruiser on the emitted JavaScript and makes sure that it really read it: it reports success, silently, when
// it finds no module at all.
import { cruise } from 'dependency-cruiser';
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { chdir } from 'node:process';
import { fileURLToPath } from 'node:url';

chdir(fileURLToPath(new URL('..', import.meta.url)));
const rules = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
const rooms = ['sim', 'models', 'workloads', 'results', 'bin'];
const missing = rooms.filter((room) => !existsSync(`dist/${room}`));
if (missing.length > 0) {
  console.error(`layers: not built: ${missing.join(', ')} (npm run build)`);
  process.exit(1);
}

const { output } = await cruise(
  rooms.map((room) => `dist/${room}`),
  { ...rules.options, ruleSet: { forbidden: rules.forbidden }, validate: true },
);
const own = output.modules.filter(({ source }) => source.startsWith('dist/'));
const empty = rooms.filter((room) => !own.some(({ source }) => source.startsWith(`dist/${room}/`)));
const edges = own.reduce((sum, { dependencies }) => sum + dependencies.length, 0);
const problems = output.summary.violations;

for (const { rule, from, to } of problems) console.error(`layers: ${rule.name}: ${from} -> ${to}`);
if (empty.length > 0) console.error(`layers: no module was read in ${empty.join(', ')}`);
if (edges === 0) console.error('layers: no import was read');
console.log(`layers: ${own.length} modules, ${edges} imports, ${problems.length} violations`);
process.exitCode = problems.length > 0 || empty.length > 0 || edges === 0 ? 1 : 0;
