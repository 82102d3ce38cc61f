/**
 * The payload of a push: a stored record wrapped as multipart/mixed (change request 12.2.2.5, P3 to P8).
 *
 * Pager Mode: one part, message/sipfrag (the P8 list and what describes the body, A5, A6) or message/sip (a whole request
 * with one synthetic Via and Max-Forwards, A1). Large Message Mode: message/sipfrag of the INVITE and message/msrpfrag of
 * the SEND (A12, A13). No CRLF follows the closing delimiter: that one is MSRP's (rules 1.7).
 *
 * A payload is a function of the record and the wrapper alone (A11): whatever has to be chosen grows from the record's
 * random bits, and is chosen again if the content holds it (A20, A13). A body above {@link INLINE_OCTETS} is not copied: the
 * payload is then the prefix, a span of the record, and the suffix.
 *
 * Not modelled: wrapping a message without its frame is an option (`omitFrame`), off by default.
 */
import { assert } from '../../../sim/kernel/assert.js';
import type { Block, Octets } from '../../../sim/host/ports.js';
import type { Spans } from '../../msrp/sending/spans.js';
import { boundaryFits, writeCloseDelimiter, writeDelimiter } from '../../wire/mime/boundary.js';
import { BOUNDARY_LIMIT_OCTETS } from '../../wire/mime/multipart.js';
import { ContentType } from '../../wire/mime/content-type.js';
import { Octet } from '../../wire/mime/octets.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import { DateLine } from '../../wire/sip/values/date.js';
import { SipFault } from '../../wire/sip/faults.js';
import { Header } from '../../wire/sip/head/header-names.js';
import { SipMessage } from '../../wire/sip/message.js';
import { Framing, parseSip } from '../../wire/sip/parse.js';
import { HeaderClass } from '../store/header-classes.js';
import { Column, type HeaderPolicy } from '../store/header-policy.js';
import { FragmentHead, endLineFits } from '../../wire/fragments/msrpfrag.js';
import { IdPurpose, idOctets, idText } from '../store/record-ids.js';
import { RecordFlag, RecordMode, type StoredRecord } from '../store/record.js';
import { hasNetworkParameter, writeWrappedUri } from './wrapped-uri.js';

/** How a Pager Mode message is wrapped; a Large Message is always sipfrag and msrpfrag. */
export const Wrapper = {
  sipfrag: 0,
  sip: 1,
  /** Fault injection: message/sip with every stored header line, Via included, as example E1 shows it (A1). */
  legacyE1: 2,
} as const;
export type Wrapper = (typeof Wrapper)[keyof typeof Wrapper];

/** Bodies up to this size are copied into the payload's own block, so that it is one span. */
export const INLINE_OCTETS = 1024;

const BOUNDARY_CHARS = 12;
const INNER_TID_CHARS = 12;
const BRANCH_CHARS = 12;

/** What is chosen for a payload unless it is left to grow from the record. For tests of golden frames. */
export interface WrapChoice {
  readonly boundary?: string;
}

export class PushWrapper {
  /** The Content-Type that `leafType` last read. */
  readonly leaf = new ContentType();
  private readonly dateLine = new DateLine();
  /**
   * The payload last made, until the next `wrap`: octets [0, prefixOctets) of `block`, then [bodyStart, bodyEnd) of the record
   * (relative to its first octet), then [prefixOctets, prefixOctets + suffixOctets) of `block`. A payload in one piece has
   * all its octets in the prefix. The caller holds `block` once, and gives that hold away or releases it.
   */
  block: Block = 0;
  prefixOctets = 0;
  suffixOctets = 0;
  bodyStart = 0;
  bodyEnd = 0;
  /** Octets of the whole payload. */
  payloadOctets = 0;
  /** The boundary: octets [0, boundaryOctets) of `boundaryText`. */
  readonly boundaryText: Buffer = Buffer.alloc(BOUNDARY_LIMIT_OCTETS);
  boundaryOctets = 0;

  private readonly octets: Octets;
  private readonly w: OctetWriter;
  private readonly policy: HeaderPolicy;
  private readonly host: string;
  /** A13: leave out start line and end-line of the inner fragment. */
  private readonly omitFrame: boolean;
  private readonly message = new SipMessage();
  private readonly fragment = new FragmentHead();

  /** `host` is the server's name, for the synthetic Via. */
  constructor(octets: Octets, w: OctetWriter, policy: HeaderPolicy, host: string, omitFrame = false) {
    this.octets = octets;
    this.w = w;
    this.policy = policy;
    this.host = host;
    this.omitFrame = omitFrame;
  }

  /** Value of Content-Type of the SEND. */
  get contentType(): string {
    return 'multipart/mixed;boundary=' + this.boundary;
  }

  get boundary(): string {
    return this.boundaryText.latin1Slice(0, this.boundaryOctets);
  }

  /**
   * Makes the payload of `record`, which was read from the arena. The writer must be free. False if the record's head does
   * not parse, which a sane store never shows.
   */
  wrap(record: StoredRecord, wrapper: Wrapper, choice?: WrapChoice): boolean {
    const { w, octets } = this;
    if (!this.parse(octets.buf, record)) return false;
    if (choice?.boundary === undefined) this.chooseBoundary(record);
    else this.boundaryOctets = this.boundaryText.latin1Write(choice.boundary, 0);
    w.begin();
    writeDelimiter(w, this.boundaryText, this.boundaryOctets, true);
    if (record.mode === RecordMode.large) this.writeLarge(record);
    else this.writePager(record, wrapper);
    writeCloseDelimiter(w, this.boundaryText, this.boundaryOctets);
    if (this.bodyEnd === this.bodyStart) {
      this.prefixOctets = w.length;
      this.suffixOctets = 0;
    } else {
      this.suffixOctets = w.length - this.prefixOctets;
    }
    this.payloadOctets = w.length + this.bodyEnd - this.bodyStart;
    this.block = w.end();
    return true;
  }

  /**
   * Appends the payload to `spans` for `MsrpDriver.send`, with one hold for each span: the caller's hold of `block` goes
   * with them, and the record's block is retained once if a span of it is used.
   */
  addTo(spans: Spans, recordBlock: Block): void {
    const { block, octets } = this;
    spans.add(block, 0, this.prefixOctets);
    if (this.suffixOctets === 0) return;
    octets.retain(recordBlock);
    spans.add(recordBlock, this.bodyStart, this.bodyEnd);
    octets.retain(block);
    spans.add(block, this.prefixOctets, this.prefixOctets + this.suffixOctets);
  }

  /**
   * Media type of the message's own body in lower case, `''` if it has none (A19); `leaf` then holds it with its parameters. What is in
   * a container is for `nested-types.ts`.
   */
  leafType(record: StoredRecord): string {
    const { buf } = this.octets;
    const { leaf } = this;
    if (record.mode === RecordMode.large) {
      const { fragment } = this;
      if (!fragment.parse(buf, record.fragmentStart, record.fragmentEnd)) return '';
      if (fragment.typeEnd === fragment.typeStart) return '';
      leaf.parse(buf, fragment.typeStart, fragment.typeEnd);
    } else {
      if (record.bodyOctets === 0 || !this.parse(buf, record)) return '';
      const index = this.message.find(Header.contentType);
      if (index < 0) return '';
      leaf.parse(buf, this.message.valueStart[index], this.message.valueEnd[index]);
    }
    return leaf.mediaType();
  }

  private parse(buf: Buffer, record: StoredRecord): boolean {
    const end = record.mode === RecordMode.large ? record.headEnd : record.bodyEnd;
    return parseSip(buf, record.headStart, end, Framing.datagram, this.message) === SipFault.none;
  }

  /**
   * A20: the first boundary of the record's own series that no line of its content begins with. Only header names can begin
   * a line of the head, so they are looked at by their first octet; fragment and body are searched.
   */
  private chooseBoundary(record: StoredRecord): void {
    const { buf } = this.octets;
    const searchStart = this.hyphenBeginsLine() ? record.headStart : record.headEnd;
    this.boundaryOctets = BOUNDARY_CHARS;
    for (let ordinal = 0; ; ordinal++) {
      idOctets(
        record.random0,
        record.random1,
        IdPurpose.boundary,
        ordinal,
        BOUNDARY_CHARS,
        this.boundaryText,
      );
      if (boundaryFits(this.boundaryText, BOUNDARY_CHARS, buf, searchStart, record.bodyEnd)) return;
    }
  }

  private hyphenBeginsLine(): boolean {
    const { buf, nameStart, headerCount, start } = this.message;
    if (buf[start] === Octet.dash) return true;
    for (let i = 0; i < headerCount; i++) if (buf[nameStart[i]] === Octet.dash) return true;
    return false;
  }

  private writePager(record: StoredRecord, wrapper: Wrapper): void {
    const { w, message } = this;
    const body = record.bodyOctets > 0;
    if (wrapper === Wrapper.sipfrag) {
      // Two short texts: the writer copies those without a call into the engine.
      w.ascii('Content-Type: ').ascii('message/sipfrag\r\n\r\n');
      this.writeLines(record, Column.sipfrag, body, false);
    } else {
      w.ascii('Content-Type: ').ascii('message/sip\r\n\r\n');
      const whole = wrapper === Wrapper.sip;
      this.writeLines(record, whole ? Column.sip : Column.store, true, whole);
    }
    // A22: the body came without it.
    if ((body || wrapper !== Wrapper.sipfrag) && message.contentLength < 0) {
      w.ascii('Content-Length: ').decimal(record.bodyOctets).crlf();
    }
    if (body || wrapper !== Wrapper.sipfrag) w.crlf();
    this.writeBody(record);
  }

  private writeLarge(record: StoredRecord): void {
    const { w, fragment } = this;
    const { buf } = this.octets;
    w.ascii('Content-Type: message/sipfrag\r\n\r\n');
    this.writeLines(record, Column.sipfrag, false, false);
    writeDelimiter(w, this.boundaryText, this.boundaryOctets, false);
    w.ascii('Content-Type: message/msrpfrag\r\n\r\n');
    const parsed = fragment.parse(buf, record.fragmentStart, record.fragmentEnd);
    assert(parsed, 'fragment of a stored message does not parse');
    if (this.omitFrame) {
      w.span(buf, fragment.headersStart, record.fragmentEnd);
      this.writeBody(record);
      return;
    }
    const tid = this.chooseTid(record);
    w.ascii('MSRP ').ascii(tid).ascii(' SEND\r\n').span(buf, fragment.headersStart, record.fragmentEnd);
    this.writeBody(record);
    w.ascii('\r\n-------').ascii(tid).ascii('$');
  }

  /** A13: the tid of the first SEND, unless its end-line stands in the assembled body. */
  private chooseTid(record: StoredRecord): string {
    const { fragment } = this;
    const { buf } = this.octets;
    let tid = buf.latin1Slice(fragment.tidStart, fragment.tidEnd);
    for (let ordinal = 0; !endLineFits(tid, buf, record.bodyStart, record.bodyEnd); ordinal++) {
      tid = idText(record.random0, record.random1, IdPurpose.innerTid, ordinal, INNER_TID_CHARS);
    }
    return tid;
  }

  /** Copies a small body; of a large one, notes the span and ends the prefix. */
  private writeBody(record: StoredRecord): void {
    const { w } = this;
    this.bodyStart = this.bodyEnd = 0;
    this.prefixOctets = w.length;
    if (record.bodyOctets <= INLINE_OCTETS) {
      w.span(this.octets.buf, record.bodyStart, record.bodyEnd);
    } else {
      this.bodyStart = record.bodyStart - record.start;
      this.bodyEnd = record.bodyEnd - record.start;
    }
  }

  /** A1: nothing of the original Via may pass, but a whole SIP request has one. */
  private writeSyntheticRouting(record: StoredRecord): void {
    const branch = idText(record.random0, record.random1, IdPurpose.branch, 0, BRANCH_CHARS);
    this.w.ascii('Via: SIP/2.0/TCP ').ascii(this.host).ascii(';branch=z9hG4bK').ascii(branch);
    this.w.ascii('\r\nMax-Forwards: 70\r\n');
  }

  /**
   * The start line and the header lines that `column` keeps, in runs as long as neighbours stay; one Date, ours if theirs is
   * no date (A7, I6); `content`: with the lines that describe the body; `routing`: with synthetic ones after the start line.
   */
  private writeLines(record: StoredRecord, column: Column, content: boolean, routing: boolean): void {
    const { w, policy, message } = this;
    const { buf, ids, nameStart, nameEnd, lineEnd, headerCount } = message;
    const { anonymous } = record;
    let dateSeen = false;
    let runStart = message.start;
    let runEnd = message.headersStart;
    if (hasNetworkParameter(buf, message.uriStart, message.uriEnd)) {
      w.span(buf, runStart, message.uriStart);
      writeWrappedUri(w, buf, message.uriStart, message.uriEnd);
      runStart = message.uriEnd;
    }
    if (routing) {
      w.span(buf, runStart, runEnd);
      runStart = runEnd;
      this.writeSyntheticRouting(record);
    }
    for (let i = 0; i < headerCount; i++) {
      const id = ids[i];
      const headerClass = policy.classOf(id, buf, nameStart[i], nameEnd[i]);
      if (!policy.keeps(column, headerClass, anonymous)) continue;
      if (headerClass === HeaderClass.C && !content) continue;
      if (id === Header.date) {
        if (dateSeen) continue;
        dateSeen = true;
        if ((record.flags & RecordFlag.dateInvalid) !== 0) {
          w.span(buf, runStart, runEnd);
          runStart = runEnd = lineEnd[i];
          this.dateLine.write(w, record.receivedAtMs);
          continue;
        }
      }
      if (nameStart[i] !== runEnd) {
        w.span(buf, runStart, runEnd);
        runStart = nameStart[i];
      }
      runEnd = lineEnd[i];
    }
    w.span(buf, runStart, runEnd);
  }
}
