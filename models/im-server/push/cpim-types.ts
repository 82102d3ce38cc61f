/**
 * Which media types a message/cpim body carries (RFC 3862): it is a container, and a client may take it without taking what is in it
 * (RFC 4975 section 8.6, A19).
 *
 * Not looked into: the parts of a multipart.
 */
import { CpimMessage } from '../../wire/cpim/cpim.js';

export const CPIM = 'message/cpim';

const CONTENT_TYPE = /^content-type[ \t]*:[ \t]*([^\s/;]+)[ \t]*\/[ \t]*([^\s;]+)/im;
/** Containers in containers that are looked into. */
const DEPTH = 8;

export class CpimTypes {
  private readonly cpim = new CpimMessage();

  /**
   * The types in the message/cpim in [start, end) of `buf`, in lower case, from the outside in. `''` stands for one that is not told, which is
   * plain text (RFC 2045 section 5.2). A body that only has the name of one carries nothing that could be asked for.
   */
  within(buf: Buffer, start: number, end: number): string[] {
    const { cpim } = this;
    const types: string[] = [];
    let at = start;
    while (types.length < DEPTH && cpim.parse(buf, at, end)) {
      const headers = CONTENT_TYPE.exec(buf.latin1Slice(cpim.contentHeadersStart, cpim.contentHeadersEnd));
      const type = headers === null ? '' : `${headers[1]}/${headers[2]}`.toLowerCase();
      types.push(type);
      if (type !== CPIM) break;
      at = cpim.contentStart;
    }
    return types;
  }
}
