/** Which message octets belong to: the mark that the workload puts into each body. For pictures and words, never for judging. */
import { markNumber, Needle } from '../../models/invariants/readers/search.js';
import { BODY_MARK } from '../../models/marks.js';

const MARK = new Needle(BODY_MARK);

/** The number of the message whose mark is in octets [start, end); undefined if there is none. */
export function markedIn(buf: Buffer, start: number, end: number): number | undefined {
  const at = MARK.in(buf, start, end);
  const message = at < 0 ? -1 : markNumber(buf, at + MARK.octets.length, end);
  return message < 0 ? undefined : message;
}
