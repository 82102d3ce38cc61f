// Writes docs/diagrams/*.mmd from the transaction tables of the build: `npm run build && node scripts/diagrams.mjs`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { diagramName, stateDiagram } from '../dist/models/sip/transaction/diagram.js';
import { TABLES } from '../dist/models/sip/transaction/tables.js';

const folder = new URL('../docs/diagrams/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (let machine = 0; machine < TABLES.length; machine++) {
  writeFileSync(new URL(diagramName(machine), folder), stateDiagram(machine));
}
