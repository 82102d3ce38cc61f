/**
 * The JSON Schema (draft-07, which editors understand) of scenario files: made from the zod schema, with a description of each
 * key and a pattern for each quantity. What only the whole can show (`consistency.ts`) is not in it.
 */
import { z } from 'zod';
import { descriptionOf } from './descriptions.js';
import { scenarioSchema } from './scenario.js';
import { quantityPattern, type QuantityName } from './units.js';

/** Where the schema of version 1 is published inside the package. */
export const SCHEMA_FILE = 'schema/scenario-v1.json';

interface Node {
  description?: string;
  properties?: Record<string, Node>;
  items?: Node;
  oneOf?: Node[];
  anyOf?: Node[];
  quantity?: QuantityName;
  pattern?: string;
  format?: string;
  maximum?: number;
  [key: string]: unknown;
}

/** The schema as plain data. */
export function scenarioJsonSchema(): Node {
  const schema = z.toJSONSchema(scenarioSchema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
  }) as Node;
  finish(schema, '');
  return {
    ...schema,
    title: 'restante scenario, version 1',
    description: 'A simulated world and what is asked of it.',
  };
}

/** The keys without a description; for the test that there are none. */
export function undescribedKeys(): string[] {
  const missing = new Set<string>();
  visit(scenarioJsonSchema(), '', (path, node) => {
    if (node.description === undefined) missing.add(path);
  });
  return [...missing];
}

function finish(root: Node, at: string): void {
  visit(root, at, (path, node) => {
    const description = node.description ?? descriptionOf(path);
    if (description !== undefined) node.description = description;
  });
  quantities(root);
}

function visit(node: Node, path: string, see: (path: string, node: Node) => void): void {
  for (const [key, inner] of Object.entries(node.properties ?? {})) {
    const place = path === '' ? key : `${path}.${key}`;
    see(place, inner);
    visit(inner, place, see);
  }
  if (node.items !== undefined && !Array.isArray(node.items)) visit(node.items, `${path}[]`, see);
  for (const option of [...(node.oneOf ?? []), ...(node.anyOf ?? [])]) visit(option, path, see);
}

/** Quantities get their pattern instead of our own mark; noise of the generator goes. */
function quantities(node: Node): void {
  if (node.quantity !== undefined) {
    node.pattern = quantityPattern(node.quantity);
    delete node.quantity;
  }
  if (node.format === 'date-time') delete node.pattern;
  if (node.maximum === Number.MAX_SAFE_INTEGER) delete node.maximum;
  for (const value of Object.values(node)) {
    if (typeof value === 'object' && value !== null) quantities(value as Node);
  }
}
