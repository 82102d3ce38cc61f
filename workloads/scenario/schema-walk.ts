/**
 * Looks into a zod schema by path: which keys are known at a place, and whether a text is wanted there. Only the kinds of
 * schema that `scenario.ts` uses are followed.
 */
import { z } from 'zod';
import type { Path } from './problems.js';

type Schema = z.core.$ZodType;

/** The schema under defaults, optionals and transformations. */
function inner(schema: Schema): Schema {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return inner(schema.unwrap());
  }
  return schema instanceof z.ZodPipe ? inner(schema.in) : schema;
}

/** The schemas that may apply below `schema` for one step. */
function step(schema: Schema, key: string | number): Schema[] {
  const here = inner(schema);
  if (here instanceof z.ZodObject) {
    const next = (here.shape as Record<string, Schema>)[String(key)];
    return next === undefined ? [] : [next];
  }
  if (here instanceof z.ZodArray) return [here.element];
  return here instanceof z.ZodDiscriminatedUnion || here instanceof z.ZodUnion
    ? here.options.flatMap((option) => step(option, key))
    : [];
}

function at(root: Schema, path: Path): Schema[] {
  return path.reduce<Schema[]>((schemas, key) => schemas.flatMap((schema) => step(schema, key)), [root]);
}

function keysOf(schema: Schema): string[] {
  const here = inner(schema);
  if (here instanceof z.ZodObject) return Object.keys(here.shape);
  return here instanceof z.ZodDiscriminatedUnion || here instanceof z.ZodUnion
    ? here.options.flatMap(keysOf)
    : [];
}

/** The keys that may stand at `path`, in the order of the schema, each once. */
export function keysAt(root: Schema, path: Path): string[] {
  return [...new Set(at(root, path).flatMap(keysOf))];
}

/** The words that may stand at `path`: those of an enumeration, or the names that tell the members of a union apart. */
export function valuesAt(root: Schema, path: Path): string[] {
  const schemas = at(root, path).map(inner);
  return schemas.flatMap((schema) => {
    if (schema instanceof z.ZodEnum) return schema.options.map(String);
    return schema instanceof z.ZodLiteral ? [...schema.values].map(String) : [];
  });
}

/** True if a list is wanted at `path`. */
export function isList(root: Schema, path: Path): boolean {
  return at(root, path).some((schema) => inner(schema) instanceof z.ZodArray);
}

/** True if a text is wanted at `path`, whatever it looks like: a quantity, a name, a seed. */
export function wantsText(root: Schema, path: Path): boolean {
  const schemas = at(root, path);
  return (
    schemas.length > 0 &&
    schemas.every((schema) => inner(schema) instanceof z.ZodString || isChoice(inner(schema)))
  );
}

function isChoice(schema: Schema): boolean {
  return schema instanceof z.ZodEnum || schema instanceof z.ZodISODateTime;
}
