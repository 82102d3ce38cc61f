/**
 * Elements of a comma list over all its header lines (RFC 3261 section 7.3.1). A comma in quotes or in angle brackets does not
 * separate. Not here: comments in parentheses, which no list that we walk has.
 */
import { skipSpace, trimEnd } from '../chars.js';
import { nextComma } from './comma.js';
import type { Header } from '../head/header-names.js';
import type { SipMessage } from '../message.js';

export class ListCursor {
  /** The element, without white space around it. */
  start = 0;
  end = 0;
  /** Index of the header line that the element stands in. */
  index = -1;
  /** Where the next element of the line begins; the end of the value if this was the last. */
  at = 0;
  private message: SipMessage | undefined;
  private id: Header = 0;

  /** Starts before the first element of the header fields `id` of `message`. */
  open(message: SipMessage, id: Header): this {
    this.message = message;
    this.id = id;
    this.index = -1;
    this.at = 0;
    return this;
  }

  /** Goes to the next element, empty ones left out; false at the end. */
  next(): boolean {
    const { message } = this;
    if (message === undefined) return false;
    const { buf } = message;
    for (;;) {
      if (this.index >= 0) {
        const end = message.valueEnd[this.index];
        while (this.at < end) {
          const start = skipSpace(buf, this.at, end);
          const comma = nextComma(buf, start, end);
          this.at = comma < end ? comma + 1 : end;
          this.start = start;
          this.end = trimEnd(buf, start, comma);
          if (this.end > this.start) return true;
        }
      }
      const index = message.find(this.id, this.index + 1);
      if (index < 0) {
        this.message = undefined;
        return false;
      }
      this.index = index;
      this.at = message.valueStart[index];
    }
  }
}
