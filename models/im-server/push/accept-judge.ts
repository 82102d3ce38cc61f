/**
 * What the client's SDP answer lets us push (A19, RFC 4975 section 8.6): the root type of every push is multipart/mixed, and the
 * types inside it must be in accept-types or accept-wrapped-types; max-size is kept to. Who answers `inactive` gets nothing (section 8.9).
 */
import { acceptsNested, acceptsRoot, takesContent } from '../../wire/sdp/negotiate.js';
import type { SdpMedia } from '../../wire/sdp/description.js';
import { RecordMode, type StoredRecord } from '../store/record.js';
import { Wrapper } from './wrapper.js';

/** Not pushed in this session, but kept. */
export const SKIP = -1;

const ROOT = 'multipart/mixed';

export class AcceptJudge {
  /** False: nothing at all may be pushed in this session. */
  readonly root: boolean;
  private readonly sipfrag: boolean;
  private readonly sip: boolean;
  private readonly msrpfrag: boolean;
  /** True if every leaf type is taken, so that none need be looked at. */
  private readonly anyLeaf: boolean;
  private readonly types: string;
  private readonly maxOctets: number;

  /** Reads the lists of `media` at once; nothing refers to the answer's octets afterwards. */
  constructor(buf: Buffer, media: SdpMedia) {
    this.root = takesContent(media.direction) && acceptsRoot(buf, media, ROOT);
    this.sipfrag = acceptsNested(buf, media, 'message/sipfrag');
    this.sip = acceptsNested(buf, media, 'message/sip');
    this.msrpfrag = acceptsNested(buf, media, 'message/msrpfrag');
    const accept = buf.latin1Slice(media.acceptTypesStart, media.acceptTypesEnd);
    const wrapped = buf.latin1Slice(media.acceptWrappedStart, media.acceptWrappedEnd);
    this.types = ` ${accept} ${wrapped} `.toLowerCase();
    this.anyLeaf = / \*(;[^ ]*)? /.test(this.types);
    this.maxOctets = media.maxSizeOctets;
  }

  /**
   * The wrapper under which `record` may go, the preferred one if it may; {@link SKIP} if none. `refused`: a bit for each wrapper that was
   * answered 415 and is not tried again (A18).
   */
  wrapperFor(record: StoredRecord, preferred: Wrapper, refused: number): Wrapper | typeof SKIP {
    if (record.mode === RecordMode.large) return this.sipfrag && this.msrpfrag ? Wrapper.sipfrag : SKIP;
    if (this.takesWrapper(preferred, refused)) return preferred;
    const other = preferred === Wrapper.sip ? Wrapper.sipfrag : Wrapper.sip;
    return this.takesWrapper(other, refused) ? other : SKIP;
  }

  private takesWrapper(kind: Wrapper, refused: number): boolean {
    return (kind === Wrapper.sip ? this.sip : this.sipfrag) && (refused & (1 << kind)) === 0;
  }

  /** True if the message's own type must be looked up before it may go. */
  get asksLeaf(): boolean {
    return !this.anyLeaf;
  }

  /** True if the lists have this type (lower case), or its tree. No type at all is plain text. */
  takesLeaf(type: string): boolean {
    const leaf = type === '' ? 'text/plain' : type;
    const tree = leaf.slice(0, leaf.indexOf('/') + 1) + '*';
    return [leaf, tree].some(
      (entry) => this.types.includes(` ${entry} `) || this.types.includes(` ${entry};`),
    );
  }

  /** True if the answer's max-size has room for a message of so many octets; it is a hint that senders keep to. */
  hasRoom(octets: number): boolean {
    return this.maxOctets < 0 || octets <= this.maxOctets;
  }
}
