import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { diagramName, stateDiagram } from './diagram.js';
import { Machine } from './tables.js';

describe('docs/diagrams', () => {
  for (const machine of Object.values(Machine)) {
    it(`${diagramName(machine)} is current (node scripts/diagrams.mjs)`, () => {
      const committed = readFileSync(
        new URL(`../../../docs/diagrams/${diagramName(machine)}`, import.meta.url),
        'utf8',
      );
      expect(committed).toBe(stateDiagram(machine));
    });
  }
});
