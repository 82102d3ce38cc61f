/**
 * I11: every frame that any of the models emits reads again, by the standards and not by our own parsers: SIP over UDP with
 * its mandatory header fields and an exact Content-Length (RFC 3261 sections 8.1.1 and 20.14), MSRP with its Byte-Range true
 * (RFC 4975 section 7.1) and no end-line of its own in its body.
 *
 * Of SIP datagrams the first {@link FULL_UNTIL} are all read, then one in {@link ONE_IN}; of streams, everything.
 */
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { Name } from './readers/names.js';
import type { SentStreams, StreamListener } from './readers/sent-streams.js';
import { FrameKind, type SlowFrame } from './readers/slow-frame.js';
import { startsWith } from './readers/search.js';
import { slowNumber, SlowSip } from './readers/slow-sip.js';

const FULL_UNTIL = 20_000;
const ONE_IN = 32;
const LAST_CHUNK = 36;
const RANGE_NAME_OCTETS = 'Byte-Range: '.length;
const DASH = 45;
const SLASH = 47;
const ASTERISK = 42;
const SPACE = 32;
const LETTER_A = 65;
const LETTER_Z = 90;
const VERSION_AT_START = 'SIP/2.0 ';
const VERSION_AT_END = ' SIP/2.0';
/** Of a part of a Byte-Range. */
const NO_NUMBER = -1;
const STAR = -2;
const MANDATORY = [Name.via, Name.from, Name.to, Name.callId, Name.cseq];

export class FramesAreSound extends Invariant implements StreamListener {
  readonly id = 'I11';
  readonly title = 'every emitted frame reads again by the standards';
  readonly clause = 'RFC 3261 sections 7 and 8.1.1; RFC 4975 sections 7.1 and 9';
  readonly kinds = [Observed.datagramSent];
  private readonly sip = new SlowSip();
  private seen = 0;

  constructor(context: InvariantContext, streams: SentStreams) {
    super(context);
    streams.listen(this);
  }

  watch(
    _kind: number,
    host: number,
    _message: number,
    _a: number,
    _b: number,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    if (end - start < 4 || buf[start] < 32) return; // STUN, or a keep-alive
    this.seen++;
    if (this.seen <= FULL_UNTIL || this.seen % ONE_IN === 0) this.datagram(host, buf, start, end);
  }

  onFault(host: number, _conn: number, fault: string): void {
    this.checked++;
    this.violate(`host ${host} sent an MSRP frame that does not read: ${fault}`);
  }

  onFrame(host: number, _conn: number, frame: SlowFrame): void {
    this.checked++;
    const range = frame.byteRange;
    if (range >= 0) this.range(host, frame, range);
    else if (frame.kind === FrameKind.report) this.violate(`host ${host} sent a REPORT without Byte-Range`);
    if (frame.kind <= FrameKind.report && frame.messageId < 0) {
      this.violate(`host ${host} sent a request without Message-ID`);
    }
  }

  /** Judges the Byte-Range in line `index`: `first-last/total`, the last two perhaps `*`. */
  private range(host: number, frame: SlowFrame, index: number): void {
    const { octets } = frame;
    const start = frame.lineStart[index] + RANGE_NAME_OCTETS;
    const end = frame.lineEnd[index];
    let dash = start;
    while (dash < end && octets[dash] !== DASH) dash++;
    let slash = dash;
    while (slash < end && octets[slash] !== SLASH) slash++;
    const first = slowNumber(octets, start, dash);
    const last = slash < end ? numberOrStar(octets, dash + 1, slash) : NO_NUMBER;
    const total = slash < end ? numberOrStar(octets, slash + 1, end) : NO_NUMBER;
    if (first < 0 || last === NO_NUMBER || total === NO_NUMBER) {
      this.violate(`host ${host} sent Byte-Range ${frame.text('Byte-Range')}`);
      return;
    }
    if (frame.kind !== FrameKind.send || frame.bodyOctets === 0) return;
    const upTo = first + frame.bodyOctets - 1;
    if (last !== STAR && last !== upTo) {
      this.violate(`host ${host} sent ${frame.bodyOctets} octets as Byte-Range ${frame.text('Byte-Range')}`);
    }
    if (frame.flag === LAST_CHUNK && total !== STAR && total !== upTo) {
      this.violate(`host ${host} ended a message at ${upTo} of ${total}`);
    }
  }

  private datagram(host: number, buf: Buffer, start: number, end: number): void {
    this.checked++;
    const { sip } = this;
    if (!sip.read(buf, start, end, false)) {
      this.violate(`host ${host} sent a SIP message that does not read: ${sip.fault}`);
      return;
    }
    if (!isStatusLine(buf, start, sip.startLineEnd) && !isRequestLine(buf, start, sip.startLineEnd)) {
      this.violate(`host ${host} sent the start line ${sip.startLine(start).slice(0, 60)}`);
      return;
    }
    for (const name of MANDATORY) {
      const count = sip.countOf(name);
      if (count === 1 || (count > 1 && name === Name.via)) continue;
      const what = count === 0 ? 'without a mandatory header' : `with ${count} of a header that stands once`;
      this.violate(`host ${host} sent a SIP message ${what}: ${sip.startLine(start)}`);
    }
    const length = sip.find(Name.contentLength);
    const octets = sip.bodyEnd - sip.bodyStart;
    const told = length < 0 ? 0 : slowNumber(buf, sip.valueStart[length], sip.valueEnd[length]);
    if (told !== octets) this.violate(`host ${host} sent a wrong Content-Length: ${sip.startLine(start)}`);
  }
}

/** `METHOD URI SIP/2.0`, single spaces, no white space or control in the URI (RFC 3261 section 7.1). */
function isRequestLine(buf: Buffer, start: number, end: number): boolean {
  let at = start;
  while (at < end && buf[at] >= LETTER_A && buf[at] <= LETTER_Z) at++;
  if (at === start || buf[at] !== SPACE) return false;
  const uri = at + 1;
  at = uri;
  while (at < end && buf[at] > SPACE) at++;
  return at > uri && end - at === VERSION_AT_END.length && startsWith(buf, at, end, VERSION_AT_END);
}

/** `SIP/2.0 code reason`, codes from 100 to 699 (RFC 3261 section 7.2). */
function isStatusLine(buf: Buffer, start: number, end: number): boolean {
  if (!startsWith(buf, start, end, VERSION_AT_START)) return false;
  const code = start + VERSION_AT_START.length;
  const status = code + 3 < end && buf[code + 3] === SPACE ? slowNumber(buf, code, code + 3) : -1;
  return status >= 100 && status < 700;
}

function numberOrStar(buf: Buffer, start: number, end: number): number {
  return end === start + 1 && buf[start] === ASTERISK ? STAR : slowNumber(buf, start, end);
}
