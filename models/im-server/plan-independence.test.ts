/**
 * I7, S3-asm: the stored record is a function of the message alone. Random chunk plans (order, overlap, repetition, interruption,
 * `*` and lies in Byte-Range, `$` before the others, two messages interleaved) in random TCP segments give the octets that one
 * plain SEND gives, but for the transaction id of the first SEND (A13).
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OctetArena } from '../../sim/kernel/octets.js';
import { bound, CONN, frame } from '../msrp/fakes/fake-session.js';
import type { FakeOwner } from '../msrp/fakes/fake-wire.js';
import { Out } from '../msrp/outputs.js';
import { OctetWriter } from '../wire/octet-writer.js';
import { SipMessage } from '../wire/sip/message.js';
import { Framing, parseSip } from '../wire/sip/parse.js';
import { HeaderPolicy } from './store/header-policy.js';
import { RecordWriter } from './store/record-writer.js';

const INVITE = [
  'INVITE sip:u2@ims.example SIP/2.0',
  'Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx',
  'From: <sip:u1@ims.example>;tag=786',
  'To: <sip:u2@ims.example>',
  'Call-ID: 3413an89KU',
  'CSeq: 1 INVITE',
  'Subject: Pictures',
  'Date: Thu, 21 Feb 2002 13:02:03 GMT',
  'Contact: <sip:u1@10.16.0.1>',
  'Content-Length: 0',
  '',
  '',
].join('\r\n');

/** A receiver that stores each message as soon as it is complete. */
class Storing {
  readonly records: string[] = [];
  private readonly server: FakeOwner;
  private readonly writer: RecordWriter;

  constructor() {
    this.server = bound(() => new OctetArena(0, true)).server;
    const { octets, endpoint } = this.server;
    this.writer = new RecordWriter(octets, new OctetWriter(octets), new HeaderPolicy());
    Object.assign(this.writer.fields, { user: 2, dm: 7, receivedAtNs: 5, receivedAtMs: 6, dateMs: 1 });
    const take = endpoint.take.bind(endpoint);
    endpoint.take = (nowNs) => {
      const op = take(nowNs);
      if (op === Out.message) this.store(endpoint.out.c);
      return op;
    };
  }

  receive(text: string, segments: readonly number[]): this {
    for (let at = 0, i = 0; at < text.length; i++) {
      const size = segments[i % segments.length];
      this.server.receive(CONN, text.slice(at, at + size));
      this.server.fetch(CONN);
      at += size;
    }
    return this;
  }

  private store(handle: number): void {
    const { octets, endpoint } = this.server;
    const invite = new SipMessage();
    const buf = Buffer.from(INVITE, 'latin1');
    parseSip(buf, 0, buf.length, Framing.datagram, invite);
    const block = this.writer.writeLarge(invite, endpoint.message(handle));
    const start = octets.start(block);
    const record = octets.buf.latin1Slice(start, start + this.writer.length);
    this.records.push(record.replace(/MSRP \S+ SEND\r\nMessage-ID/, 'MSRP TIDX SEND\r\nMessage-ID'));
    octets.release(block);
  }
}

/** A chunk: octets [start, end) of the body, and how its Byte-Range lies. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly lie: 'none' | 'star' | 'longer' | 'noTotal';
}

const lie = fc.constantFrom('none' as const, 'star' as const, 'longer' as const, 'noTotal' as const);
/** Octets as they come, with much of what framing is made of. */
const body = fc
  .array(
    fc.oneof(
      fc.constantFrom('\r\n', '-------', '$', '\0', '\xff', 'MSRP ', '\r\n-------tx99$\r\n'),
      fc.string({ maxLength: 9, unit: 'binary-ascii' }),
    ),
    {
      minLength: 1,
      maxLength: 40,
    },
  )
  .map((parts) => parts.join('') || 'x');

/** A plan that covers a body of `length` octets: cut anywhere, with pieces more, in any order. */
function plan(length: number): fc.Arbitrary<Piece[]> {
  const cuts = fc.array(fc.nat(length), { maxLength: 8 });
  const extra = fc.array(fc.tuple(fc.nat(length - 1), fc.nat(length)), { maxLength: 4 });
  return fc
    .tuple(cuts, extra, fc.array(lie, { minLength: 16, maxLength: 16 }), fc.nat())
    .chain(([points, more, lies, seed]) => {
      const sorted = [...new Set([0, ...points.filter((at) => at > 0 && at < length), length])].toSorted(
        (a, b) => a - b,
      );
      const pieces: Piece[] = [];
      for (let i = 0; i + 1 < sorted.length; i++) {
        pieces.push({ start: sorted[i], end: sorted[i + 1], lie: lies[i % 16] });
      }
      for (const [a, b] of more) {
        pieces.push({
          start: Math.min(a, b),
          end: Math.max(a, b, Math.min(a, b) + 1),
          lie: lies[(a + b + seed) % 16],
        });
      }
      return fc.shuffledSubarray(pieces, { minLength: pieces.length, maxLength: pieces.length });
    });
}

function frameOf(text: string, id: string, piece: Piece, tid: string): string {
  const { start, end } = piece;
  const last = end === text.length;
  const until = piece.lie === 'star' ? '*' : piece.lie === 'longer' && !last ? end + 5 : end;
  const total = piece.lie === 'noTotal' ? '*' : text.length;
  const octets = text.slice(start, end);
  return frame(octets, { id, tid, range: `${start + 1}-${until}/${total}`, flag: last ? '$' : '+' });
}

const planned = body.chain((text) => plan(text.length).map((pieces) => ({ text, pieces })));

test('any chunk plan in any segments stores what one SEND stores (I7)', () => {
  const scenario = fc.tuple(planned, planned, fc.array(fc.boolean(), { minLength: 1 }), segments());
  fc.assert(
    fc.property(scenario, ([one, two, turns, sizes]) => {
      const plain = new Storing()
        .receive(frame(one.text, { id: 'idone', tid: 'tx01' }), [1e6])
        .receive(frame(two.text, { id: 'idtwo', tid: 'tx02' }), [1e6]);
      expect(plain.records).toHaveLength(2);
      const frames: string[] = [];
      const first = one.pieces.map((piece, i) => frameOf(one.text, 'idone', piece, `a${i.toString(36)}xx`));
      const second = two.pieces.map((piece, i) => frameOf(two.text, 'idtwo', piece, `b${i.toString(36)}xx`));
      for (let i = 0; first.length + second.length > 0; i++) {
        const from = turns[i % turns.length] ? first : second;
        const next = from.shift() ?? first.shift() ?? second.shift();
        if (next !== undefined) frames.push(next);
      }
      const cut = new Storing().receive(frames.join(''), sizes);
      const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
      expect(cut.records.toSorted(order)).toEqual(plain.records.toSorted(order));
    }),
    { seed: 42, numRuns: 150 },
  );
});

function segments(): fc.Arbitrary<number[]> {
  return fc.array(fc.oneof(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 400 })), {
    minLength: 1,
    maxLength: 12,
  });
}
