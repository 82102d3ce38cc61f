/**
 * Which media types a body carries that is a container: message/cpim (RFC 3862) or a multipart (RFC 2046). A client may take a
 * container without taking what is in it, and must not be sent a type that she did not signal (RFC 4975 section 8.6, A19).
 *
 * No exception is made for multipart/alternative: the section knows none (D-128). Not looked into: message/sip and
 * message/sipfrag that a sender composed.
 */
import { CpimMessage } from '../../wire/cpim/cpim.js';
import { ContentType } from '../../wire/mime/content-type.js';
import { Multipart, MultipartFault, MultipartPart } from '../../wire/mime/multipart.js';

/** Containers in containers that are looked into. */
const DEPTH = 8;
/** Types that are looked at. */
const TYPES = 256;

/** What reads one level: a container's parts stay valid while those in it are read. */
class Level {
  readonly cpim = new CpimMessage();
  readonly multipart = new Multipart();
  readonly type = new ContentType();
  readonly content = new MultipartPart();
}

export class NestedTypes {
  /** The types of the body last read, in lower case, from the outside in. `''`: not told, which is plain text (RFC 2045 section 5.2). */
  readonly types: string[] = [];
  /** False if there was more in that body than is looked at. */
  complete = true;
  private readonly levels: Level[] = [];

  /**
   * Reads the body in [start, end) of `buf`, of the type `type`. What is no container, or only has the name of one, carries
   * nothing that could be asked for.
   */
  read(buf: Buffer, type: ContentType, start: number, end: number): void {
    this.types.length = 0;
    this.complete = true;
    this.look(buf, type, start, end, 0);
  }

  private look(buf: Buffer, type: ContentType, start: number, end: number, depth: number): void {
    const isCpim = type.is('message', 'cpim');
    if (!isCpim && !type.isOfTree('multipart')) return;
    if (depth === DEPTH) {
      this.complete = false;
      return;
    }
    const level = (this.levels[depth] ??= new Level());
    if (isCpim) this.lookIntoCpim(buf, level, start, end, depth);
    else this.lookIntoParts(buf, level, type, start, end, depth);
  }

  private lookIntoCpim(buf: Buffer, level: Level, start: number, end: number, depth: number): void {
    const { cpim, content } = level;
    if (!cpim.parse(buf, start, end)) return;
    content.headStart = cpim.contentHeadersStart;
    content.headEnd = cpim.contentHeadersEnd;
    content.bodyStart = cpim.contentStart;
    content.bodyEnd = end;
    this.note(buf, level, content, '', depth);
  }

  private lookIntoParts(
    buf: Buffer,
    level: Level,
    type: ContentType,
    start: number,
    end: number,
    depth: number,
  ): void {
    const { multipart } = level;
    const untold = type.is('multipart', 'digest') ? 'message/rfc822' : '';
    multipart.parseWith(buf, start, end, type);
    if (multipart.fault === MultipartFault.tooManyParts) this.complete = false;
    for (let i = 0; i < multipart.count; i++) this.note(buf, level, multipart.parts[i], untold, depth);
  }

  private note(buf: Buffer, level: Level, part: MultipartPart, untold: string, depth: number): void {
    const { multipart, type } = level;
    if (this.types.length === TYPES) {
      this.complete = false;
      return;
    }
    const named = multipart.findHeader(buf, part, 'content-type');
    if (named) type.parse(buf, multipart.valueStart, multipart.valueEnd);
    this.types.push(named ? type.mediaType() : untold);
    if (named) this.look(buf, type, part.bodyStart, part.bodyEnd, depth + 1);
  }
}
