/**
 * I11: every frame that any of the models emits reads again, by the standards and not by our own parsers: SIP over UDP with
 * its mandatory header fields and an exact Content-Length (RFC 3261 sections 8.1.1 and 20.14), MSRP with its Byte-Range true
 * (RFC 4975 section 7.1) and no end-line of its own in its body.
 *
 * Of SIP datagrams the first {@link FULL_UNTIL} are all read, then one in {@link ONE_IN}; of streams, everything.
 */
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { Name } from './names.js';
import { frameHeader, SlowMsrpStream, type SlowFrame } from './slow-msrp.js';
import { slowNumber, SlowSip } from './slow-sip.js';

const FULL_UNTIL = 20_000;
const ONE_IN = 32;
const MSRP_START = 0x4d535250;

export class FramesAreSound extends Invariant {
  readonly id = 'I11';
  readonly title = 'every emitted frame reads again by the standards';
  readonly clause = 'RFC 3261 sections 7 and 8.1.1; RFC 4975 sections 7.1 and 9';
  readonly kinds = [Observed.datagramSent, Observed.streamSent, Observed.streamEnded];
  private readonly sip = new SlowSip();
  private readonly streams = new Map<string, SlowMsrpStream | undefined>();
  private seen = 0;

  constructor(context: InvariantContext) {
    super(context);
  }

  watch(
    kind: number,
    host: number,
    message: number,
    _a: number,
    _b: number,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    if (kind === Observed.datagramSent) {
      if (end - start < 4 || buf[start] < 32) return; // STUN, or a keep-alive
      this.seen++;
      if (this.seen <= FULL_UNTIL || this.seen % ONE_IN === 0) this.datagram(host, buf, start, end);
    } else if (kind === Observed.streamSent) this.stream(host, message, buf, start, end);
    else this.streams.delete(`${host} ${message}`);
  }

  private datagram(host: number, buf: Buffer, start: number, end: number): void {
    this.checked++;
    const { sip } = this;
    if (!sip.read(buf, start, end, false)) {
      this.violate(`host ${host} sent a SIP message that does not read: ${sip.fault}`);
      return;
    }
    const line = sip.startLine(start);
    const request = /^[A-Z]+ \S+ SIP\/2\.0$/.test(line);
    if (!request && !/^SIP\/2\.0 [1-6][0-9]{2} /.test(line)) {
      this.violate(`host ${host} sent the start line ${line.slice(0, 60)}`);
      return;
    }
    for (const name of [Name.via, Name.from, Name.to, Name.callId, Name.cseq]) {
      if (sip.find(name) < 0)
        this.violate(`host ${host} sent a SIP message without a mandatory header: ${line}`);
    }
    const length = sip.find(Name.contentLength);
    const octets = sip.bodyEnd - sip.bodyStart;
    if (length < 0 ? octets > 0 : slowNumber(buf, sip.valueStart[length], sip.valueEnd[length]) !== octets) {
      this.violate(`host ${host} sent a wrong Content-Length: ${line}`);
    }
  }

  private stream(host: number, conn: number, buf: Buffer, start: number, end: number): void {
    const key = `${host} ${conn}`;
    let stream = this.streams.get(key);
    if (stream === undefined) {
      if (this.streams.has(key)) return;
      // Only MSRP is read here; SIP over TCP is told apart by its first octets.
      const isMsrp = end - start >= 4 && buf.readUInt32BE(start) === MSRP_START;
      stream = isMsrp ? new SlowMsrpStream() : undefined;
      this.streams.set(key, stream);
      if (stream === undefined) return;
    }
    stream.feed(buf, start, end, (frame) => this.frame(host, frame));
    if (stream.fault !== undefined) {
      this.violate(`host ${host} sent an MSRP frame that does not read: ${stream.fault}`);
      this.streams.set(key, undefined);
    }
  }

  private frame(host: number, frame: SlowFrame): void {
    this.checked++;
    const range = frameHeader(frame, 'Byte-Range');
    const octets = frame.bodyEnd - frame.bodyStart;
    if (range !== '') {
      const match = /^([0-9]+)-([0-9]+|\*)\/([0-9]+|\*)$/.exec(range);
      if (match === null) this.violate(`host ${host} sent Byte-Range ${range}`);
      else if (frame.kind === 'SEND' && match[2] !== '*' && octets > 0) {
        const last = Number(match[1]) + octets - 1;
        if (last !== Number(match[2])) {
          this.violate(`host ${host} sent ${octets} octets as Byte-Range ${range}`);
        }
        if (frame.flag === '$' && match[3] !== '*' && Number(match[3]) !== last) {
          this.violate(`host ${host} ended a message at ${last} of ${match[3]}`);
        }
      }
    } else if (frame.kind === 'REPORT') this.violate(`host ${host} sent a REPORT without Byte-Range`);
    if (frame.kind === 'SEND' && frameHeader(frame, 'Message-ID') === '') {
      this.violate(`host ${host} sent a SEND without Message-ID`);
    }
  }
}
