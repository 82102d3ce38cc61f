/** Telling maps of YAML and JSON documents, which are objects to JavaScript as lists and null are, from all else. */

/** True if a reader of YAML or JSON made `value` of a map. What its keys hold is not looked at. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
