// The compiler does not set the executable bit, which `npx restante` from a clone needs.
import { chmodSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../dist/bin/restante.js', import.meta.url));
if (existsSync(entry)) chmodSync(entry, 0o755);
