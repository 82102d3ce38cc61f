/**
 * The stored record of a deferred message, written in one pass from the received octets (change request 12.2.2.3): S1 with
 * S1a and S2 for Pager Mode, the whitelist S3 with A4 for Large Message Mode. Kept header lines are copied in runs, as long
 * as neighbours stay, exactly as they came: folds, spelling and order included.
 *
 * Not here: whether to store at all, the lifetime (`expiry.ts`), the format (`record.ts`).
 */
import { assert } from '../../../sim/kernel/assert.js';
import type { Block, Octets } from '../../../sim/host/ports.js';
import type { ReceivedMessage } from '../../msrp/receiving/received-message.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import { DateLine, NO_DATE } from '../../wire/sip/values/date.js';
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';
import type { HeaderClass } from './header-classes.js';
import { Column, type HeaderPolicy } from './header-policy.js';
import { At, RECORD_FIXED_OCTETS, RECORD_VERSION, RecordFlag, RecordMode } from './record.js';

/** Room for the fixed part; every octet is overwritten by {@link RecordWriter.fix}. */
const FIXED_ROOM = '\0'.repeat(RECORD_FIXED_OCTETS);
/** Header drops that are remembered for the observation; more are only counted. */
const DROPS_LIMIT = 64;

/** What the server knows about the message beside its octets. Fill it before each write. */
export class RecordFields {
  /** The served IM User. */
  user = 0;
  /** Number of the deferred message, below 2^32. */
  dm = 0;
  receivedAtNs = 0;
  /** Wall clock of the server at receipt, milliseconds since 1970. */
  receivedAtMs = 0;
  /** -1: never. */
  expiresAtNs = -1;
  /** The sender asked for anonymity (`anonymity.ts`). */
  anonymous = false;
  /** The sender's Date in milliseconds since 1970; -1 if there is none or it is not valid. */
  dateMs = NO_DATE;
  /** 64 random bits from the server's stream. */
  random0 = 0;
  random1 = 0;
}

export class RecordWriter {
  private readonly dateLine = new DateLine();
  readonly fields = new RecordFields();
  /** Octets of the record last written. */
  length = 0;
  /** Header lines of the last message that were dropped: id and class of each, the first `dropCount`. */
  readonly dropIds = new Int32Array(DROPS_LIMIT);
  readonly dropClasses = new Int32Array(DROPS_LIMIT);
  dropCount = 0;

  private readonly octets: Octets;
  private readonly w: OctetWriter;
  private readonly policy: HeaderPolicy;
  private flags = 0;
  private view: DataView = new DataView(new ArrayBuffer(0));
  /** The buffer that {@link view} shows: the arena, until that has grown. */
  private viewed: Buffer | null = null;

  constructor(octets: Octets, w: OctetWriter, policy: HeaderPolicy) {
    this.octets = octets;
    this.w = w;
    this.policy = policy;
  }

  /**
   * Writes the record of a MESSAGE (S1): all header lines but those that the policy never stores, Date if absent. `fields`
   * must be filled. Returns a block of `length` octets, held by the caller.
   */
  writePager(message: SipMessage): Block {
    const { w } = this;
    w.begin();
    w.ascii(FIXED_ROOM);
    this.writeHead(message, Column.store);
    const headOctets = w.length - RECORD_FIXED_OCTETS;
    w.span(message.buf, message.bodyStart, message.bodyEnd);
    this.length = w.length;
    this.fix(w.buffer, w.startAt, RecordMode.pager, headOctets, 0, message.bodyOctets);
    return w.end();
  }

  /**
   * Writes the record of a Large Message (S3): whitelisted header lines of the session's INVITE, then transaction id,
   * Message-ID and Content-Type of the first SEND, and the assembled body. `fields` must be filled, `dateMs` from the
   * INVITE. Returns a block of `length` octets, held by the caller.
   */
  writeLarge(invite: SipMessage, message: ReceivedMessage): Block {
    const { w, octets } = this;
    w.begin();
    w.ascii(FIXED_ROOM);
    this.writeHead(invite, Column.large);
    const headOctets = w.length - RECORD_FIXED_OCTETS;
    this.writeFragment(message);
    const bodyAt = w.length;
    this.length = bodyAt + message.length;
    const fragmentOctets = bodyAt - RECORD_FIXED_OCTETS - headOctets;
    this.fix(w.buffer, w.startAt, RecordMode.large, headOctets, fragmentOctets, message.length);
    // The body may be larger than the scratch region, so the block is made here: growing keeps the scratch octets in place.
    const block = octets.alloc(this.length);
    const { buf, scratchStart } = octets;
    const to = octets.start(block);
    buf.copyWithin(to, scratchStart, scratchStart + bodyAt);
    const { triples } = message.spans;
    let at = to + bodyAt;
    for (let i = 0; i < triples.length; i += 3) {
      const from = octets.start(triples[i]);
      buf.copyWithin(at, from + triples[i + 1], from + triples[i + 2]);
      at += triples[i + 2] - triples[i + 1];
    }
    assert(at === to + this.length, 'spans of a received message do not add up to its length');
    w.discard();
    return block;
  }

  /** Start line, kept header lines, Date if there is none, empty line. */
  private writeHead(message: SipMessage, column: typeof Column.store | typeof Column.large): void {
    const { w, policy, fields } = this;
    const { buf, ids, nameStart, nameEnd, lineEnd, headerCount } = message;
    const { anonymous } = fields;
    this.flags = anonymous ? RecordFlag.anonymous : 0;
    this.dropCount = 0;
    let runStart = message.start;
    let runEnd = message.headersStart;
    for (let i = 0; i < headerCount; i++) {
      const headerClass = policy.classOf(ids[i], buf, nameStart[i], nameEnd[i]);
      if (policy.keeps(column, headerClass, anonymous)) {
        if (nameStart[i] !== runEnd) {
          w.span(buf, runStart, runEnd);
          runStart = nameStart[i];
        }
        runEnd = lineEnd[i];
      } else this.noteDrop(ids[i], headerClass);
    }
    w.span(buf, runStart, runEnd);
    if (!message.has(Header.date)) {
      this.flags |= RecordFlag.dateAdded;
      this.dateLine.write(w, fields.receivedAtMs);
    } else if (fields.dateMs === NO_DATE) this.flags |= RecordFlag.dateInvalid;
    w.crlf();
  }

  private writeFragment(message: ReceivedMessage): void {
    const { w } = this;
    const { buf } = this.octets;
    const label = this.octets.start(message.label);
    w.ascii('MSRP ')
      .span(buf, label + message.tidStart, label + message.tidEnd)
      .ascii(' SEND\r\n');
    w.ascii('Message-ID: ')
      .span(buf, label + message.idStart, label + message.idEnd)
      .crlf();
    if (message.typeEnd > message.typeStart) {
      w.ascii('Content-Type: ')
        .span(buf, label + message.typeStart, label + message.typeEnd)
        .crlf();
    }
    w.crlf();
  }

  private noteDrop(id: number, headerClass: HeaderClass): void {
    if (this.dropCount === DROPS_LIMIT) return;
    this.dropIds[this.dropCount] = id;
    this.dropClasses[this.dropCount++] = headerClass;
  }

  /** Fills in the fixed part at `at`. */
  private fix(
    buf: Buffer,
    at: number,
    mode: RecordMode,
    headOctets: number,
    fragmentOctets: number,
    bodyOctets: number,
  ): void {
    const { fields } = this;
    assert(
      fields.dm < 0x100000000 && fields.user < 0x100000000,
      'number of a deferred message or user out of range',
    );
    assert(fragmentOctets < 0x10000, 'fragment of a stored message too long');
    if (this.viewed !== buf) {
      this.viewed = buf;
      this.view = new DataView(buf.buffer);
    }
    const { view } = this;
    const to = at + buf.byteOffset;
    view.setUint8(to + At.version, RECORD_VERSION);
    view.setUint8(to + At.mode, mode);
    view.setUint16(to + At.flags, this.flags, true);
    view.setUint32(to + At.user, fields.user, true);
    view.setUint32(to + At.dm, fields.dm, true);
    view.setUint32(to + At.headOctets, headOctets, true);
    view.setFloat64(to + At.receivedAtNs, fields.receivedAtNs, true);
    view.setFloat64(to + At.receivedAtMs, fields.receivedAtMs, true);
    view.setFloat64(to + At.expiresAtNs, fields.expiresAtNs, true);
    view.setInt32(to + At.random0, fields.random0, true);
    view.setInt32(to + At.random1, fields.random1, true);
    view.setUint32(to + At.bodyOctets, bodyOctets, true);
    view.setUint16(to + At.fragmentOctets, fragmentOctets, true);
    view.setUint8(to + At.zero, 0);
    view.setUint8(to + At.wrappersRefused, 0);
  }
}
