/**
 * For tests of records and wrappers only: the change request's example E1 as it came to the server, and a store of one message, read
 * back as text (one character an octet).
 */
import type { Block, Octets } from '../../sim/host/ports.js';
import { assert } from '../../sim/kernel/assert.js';
import { OctetWriter } from '../wire/octet-writer.js';
import { SipFault } from '../wire/sip/faults.js';
import { SipMessage } from '../wire/sip/message.js';
import { Framing, parseSip } from '../wire/sip/parse.js';
import { HeaderPolicy } from './store/header-policy.js';
import { RecordWriter } from './store/record-writer.js';
import { RecordFault, StoredRecord } from './store/record.js';

export const E1_MESSAGE = [
  'MESSAGE sip:user2@imserver.com SIP/2.0',
  'Via: SIP/2.0/TCP user1pc.imserver.com;branch=z9hG4bK776sgdkse',
  'Max-Forwards: 70',
  'From: sip:user1@imserver.com;tag=49583',
  'To: sip:user2@imserver.com',
  'P-Asserted-Identity: sip:user1@imserver.com',
  'Call-ID: asd88asd77a@1.2.3.4',
  'Date: Thu, 21 Feb 2002 13:02:03 GMT',
  'CSeq: 1 MESSAGE',
  'Content-Type: text/plain',
  'Content-Length: 18',
  '',
  'Watson, come here.',
].join('\r\n');

export class RecordBench {
  readonly w: OctetWriter;
  readonly writer: RecordWriter;
  readonly record = new StoredRecord();
  block: Block = 0;
  private readonly message = new SipMessage();

  constructor(
    readonly octets: Octets,
    readonly policy = new HeaderPolicy(),
  ) {
    this.w = new OctetWriter(octets);
    this.writer = new RecordWriter(octets, this.w, policy);
    Object.assign(this.writer.fields, {
      user: 9,
      dm: 4711,
      receivedAtNs: 123_456_789_012,
      receivedAtMs: 1_014_296_523_000,
      expiresAtNs: 7_200_000_000_000,
      dateMs: 1_014_296_523_000,
      random0: 0x12345678,
      random1: 0x9abcdef0,
    });
  }

  /** Reads a SIP message that must be sound. */
  parse(text: string): SipMessage {
    const buf = Buffer.from(text, 'latin1');
    const fault = parseSip(buf, 0, buf.length, Framing.datagram, this.message);
    assert(fault === SipFault.none, 'a message of a test that does not read');
    return this.message;
  }

  storePager(text: string): void {
    this.block = this.writer.writePager(this.parse(text));
    assert(this.read() === RecordFault.none, 'a record that does not read');
  }

  /** Reads a record back into `record`. */
  read(block = this.block, length = this.writer.length): RecordFault {
    const start = this.octets.start(block);
    return this.record.read(this.octets.buf, start, start + length);
  }

  text(start: number, end: number): string {
    return this.octets.buf.latin1Slice(start, end);
  }

  /** Start line and header lines of the record. */
  get head(): string {
    return this.text(this.record.headStart, this.record.headEnd);
  }
}
