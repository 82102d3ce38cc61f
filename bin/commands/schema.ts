/** `restante schema`: the JSON Schema of scenario files, for editors and for pinning. The same text ships in `schema/`. */
import { scenarioJsonSchema } from '../../workloads/scenario/json-schema.js';
import type { Streams } from '../terminal/streams.js';

/** Prints the schema. */
export function schema(streams: Streams): void {
  streams.out(schemaText());
}

/** The schema as it is written to its file. */
export function schemaText(): string {
  return `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`;
}
