/**
 * `plan.yaml`: the cell with everything expanded, written as a scenario that reads back to the same cell. Durations are text
 * again, so that the file can be edited and run.
 */
import { z } from 'zod';
import type { Cell } from './cell.js';
import { scenarioSchema } from './scenario/scenario.js';
import { quantityText, type QuantityName } from './scenario/units.js';

type Schema = z.core.$ZodType;

/** The expanded scenario of `cell` in the form in which a scenario file is written. */
export function planOf(cell: Cell): unknown {
  return asText(scenarioSchema, { ...cell.scenario, seed: cell.seed });
}

/** 16 hexadecimal digits over the expanded scenario of `cell`, without its seed: equal for two cells that differ in chance alone. */
export function planDigest(cell: Cell): string {
  // Nothing has stood in the second place for long; without it results of earlier versions would have other digests.
  return textDigest(JSON.stringify([planOf({ ...cell, seed: '' }), null, cell.tieSeed ?? null]));
}

/** 16 hexadecimal digits over `text`. */
export function textDigest(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit ^ (low >>> 15), 0x85ebca6b);
  }
  return [high, low].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** What has to be known of a schema to write a value of it. */
interface Parts {
  /** What its numbers are, if it reads them from text. */
  readonly quantity: QuantityName | undefined;
  /** The schema of its entries, if it is a list. */
  readonly element: Schema | undefined;
  readonly shapes: readonly Record<string, Schema | undefined>[];
}

/** Schemas do not change, and asking them costs more than what is then written. */
const PARTS = new WeakMap<Schema, Parts>();

function partsOf(schema: Schema): Parts {
  const known = PARTS.get(schema);
  if (known !== undefined) return known;
  const here = unwrapped(schema);
  const parts: Parts = {
    quantity: here instanceof z.ZodPipe ? (here.meta()?.['quantity'] as QuantityName | undefined) : undefined,
    element: here instanceof z.ZodArray ? here.element : undefined,
    shapes: shapesOf(here),
  };
  PARTS.set(schema, parts);
  return parts;
}

/** `value` with each quantity of `schema` as text. */
function asText(schema: Schema, value: unknown): unknown {
  const { quantity, element, shapes } = partsOf(schema);
  if (quantity !== undefined && typeof value === 'number') return quantityText(quantity, value);
  if (element !== undefined && Array.isArray(value)) return value.map((entry) => asText(element, entry));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries.map(([key, inner]) => {
      const next = shapes.map((shape) => shape[key]).find((known) => known !== undefined);
      return [key, next === undefined ? inner : asText(next, inner)];
    }),
  );
}

function unwrapped(schema: Schema): Schema {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional
    ? unwrapped(schema.unwrap())
    : schema;
}

/** The keys and schemas of an object, or of each object that it may be. */
function shapesOf(schema: Schema): Record<string, Schema | undefined>[] {
  if (schema instanceof z.ZodObject) return [schema.shape as Record<string, Schema>];
  return schema instanceof z.ZodDiscriminatedUnion
    ? schema.options.flatMap((option) => shapesOf(unwrapped(option)))
    : [];
}
