import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OctetArena } from '../../../sim/kernel/octets.js';
import type { ReceivedMessage } from '../../msrp/receiving/received-message.js';
import { Spans } from '../../msrp/sending/spans.js';
import { MsrpFragment } from '../../wire/fragments/msrpfrag.js';
import { SipFragment } from '../../wire/fragments/sipfrag.js';
import { Multipart } from '../../wire/mime/multipart.js';
import { Header } from '../../wire/sip/head/header-names.js';
import { SipMessage } from '../../wire/sip/message.js';
import { HeaderPolicy } from '../store/header-policy.js';
import { RecordFault } from '../store/record.js';
import { E1_MESSAGE as E1, RecordBench } from '../testing-records.js';
import { INLINE_OCTETS, PushWrapper, Wrapper } from './wrapper.js';

const E2_INVITE = [
  'INVITE sip:user2@imserver.com SIP/2.0',
  'Via: SIP/2.0/TCP user1pc.imserver.com;branch=z9hG4bK776sgdkse',
  'To: <sip:user2@imserver.com>',
  'From: <sip:user1@imserver.com>;tag=786',
  'P-Asserted-Identity: <sip:user1@imserver.com>',
  'Call-ID: 3413an89KU',
  'Date: Thu, 21 Feb 2005 13:02:03 GMT',
  'CSeq: 1 INVITE',
  'Expires: 30',
  'Contact: <sip:user1@user1pc.imserver.com>',
  'Content-Type: application/sdp',
  'Content-Length: 4',
  '',
  'v=0\n',
].join('\r\n');

/** A small server: stores and wraps. */
class Bench extends RecordBench {
  readonly wrapper: PushWrapper;

  constructor(policy = new HeaderPolicy(), omitFrame = false) {
    super(new OctetArena(), policy);
    this.wrapper = new PushWrapper(this.octets, this.w, policy, 'im.ims.example', omitFrame);
  }

  private hold(text: string): number {
    const block = this.octets.alloc(text.length);
    this.octets.buf.latin1Write(text, this.octets.start(block), text.length);
    return block;
  }

  storeLarge(invite: string, tid: string, id: string, type: string, body: string): void {
    const at = [0, tid.length, tid.length + id.length, tid.length + id.length + type.length];
    const received: ReceivedMessage = {
      handle: 0,
      block: 0,
      // In two spans, as a body that came in chunks may be.
      spans: new Spans()
        .add(this.hold('..' + body.slice(0, 3)), 2, 2 + Math.min(3, body.length))
        .add(this.hold(body), Math.min(3, body.length), body.length),
      length: body.length,
      label: this.hold(tid + id + type),
      tidStart: at[0],
      tidEnd: at[1],
      idStart: at[1],
      idEnd: at[2],
      typeStart: at[2],
      typeEnd: at[3],
      chunks: 1,
      droppedContentHeaders: 0,
      firstChunkNs: 0,
    };
    this.block = this.writer.writeLarge(this.parse(invite), received);
    expect(this.read()).toBe(RecordFault.none);
  }

  /** The payload, put together from its spans as the MSRP endpoint would. */
  payload(wrapper: Wrapper = Wrapper.sipfrag, boundary?: string): string {
    const made = this.wrapper.wrap(this.record, wrapper, boundary === undefined ? {} : { boundary });
    expect(made).toBe(true);
    const spans = new Spans();
    this.wrapper.addTo(spans, this.block);
    let text = '';
    for (let i = 0; i < spans.triples.length; i += 3) {
      const at = this.octets.start(spans.triples[i]);
      text += this.text(at + spans.triples[i + 1], at + spans.triples[i + 2]);
      this.octets.release(spans.triples[i]);
    }
    expect(text.length).toBe(this.wrapper.payloadOctets);
    return text;
  }
}

/** A whole SEND around a payload, as rules 1.7 shows it. */
function frame(tid: string, id: string, boundary: string, payload: string): string {
  return [
    `MSRP ${tid} SEND`,
    'To-Path: msrp://user2.imserver.com:7777/iau39;tcp',
    'From-Path: msrp://imserver.com:8888/9di4ea;tcp',
    `Message-ID: ${id}`,
    `Byte-Range: 1-${payload.length}/${payload.length}`,
    'Failure-Report: yes',
    `Content-Type: multipart/mixed;boundary=${boundary}`,
    '',
    payload,
    `-------${tid}$`,
    '',
  ].join('\r\n');
}

describe('golden frames of rules 1.7', () => {
  it('E1: a Pager Mode message as message/sipfrag, 343 octets (P3, P6, P8, A5, A6)', () => {
    const bench = new Bench();
    bench.storePager(E1);
    const payload = bench.payload(Wrapper.sipfrag, 'bnd7f3a');
    expect(payload).toBe(
      [
        '--bnd7f3a',
        'Content-Type: message/sipfrag',
        '',
        'MESSAGE sip:user2@imserver.com SIP/2.0',
        'From: sip:user1@imserver.com;tag=49583',
        'To: sip:user2@imserver.com',
        'P-Asserted-Identity: sip:user1@imserver.com',
        'Call-ID: asd88asd77a@1.2.3.4',
        'Date: Thu, 21 Feb 2002 13:02:03 GMT',
        'Content-Type: text/plain',
        'Content-Length: 18',
        '',
        'Watson, come here.',
        '--bnd7f3a--',
      ].join('\r\n'),
    );
    expect(payload.length).toBe(343);
    expect(frame('p4x9Qz7Lk2aB', 'push7Hq2Zk9w01', 'bnd7f3a', payload).length).toBe(612);
    expect(bench.wrapper.contentType).toBe('multipart/mixed;boundary=bnd7f3a');
  });

  it('E2: a Large Message as sipfrag and msrpfrag, 421 octets (P7, S3, A12, A13)', () => {
    const bench = new Bench();
    bench.storeLarge(E2_INVITE, 'dkei38sd', '456', 'text/plain', "Hi, Alice!  I'm Bob!");
    const payload = bench.payload(Wrapper.sipfrag, 'bnd9c1e');
    expect(payload).toBe(
      [
        '--bnd9c1e',
        'Content-Type: message/sipfrag',
        '',
        'INVITE sip:user2@imserver.com SIP/2.0',
        'To: <sip:user2@imserver.com>',
        'From: <sip:user1@imserver.com>;tag=786',
        'P-Asserted-Identity: <sip:user1@imserver.com>',
        'Call-ID: 3413an89KU',
        'Date: Thu, 21 Feb 2005 13:02:03 GMT',
        '',
        '--bnd9c1e',
        'Content-Type: message/msrpfrag',
        '',
        'MSRP dkei38sd SEND',
        'Message-ID: 456',
        'Content-Type: text/plain',
        '',
        "Hi, Alice!  I'm Bob!",
        '-------dkei38sd$',
        '--bnd9c1e--',
      ].join('\r\n'),
    );
    expect(payload.length).toBe(421);
    expect(frame('q8s2Vt5Nw6cD', 'push7Hq2Zk9w02', 'bnd9c1e', payload).length).toBe(690);
  });
});

describe('stored record of a Large Message', () => {
  it('S3: of an INVITE only the whitelist is stored, and of the SEND only Message-ID and Content-Type', () => {
    const bench = new Bench();
    const invite = E2_INVITE.replace(
      'CSeq',
      's: hello\r\nPriority: urgent\r\nX-Odd: 1\r\nUser-Agent: u\r\nCSeq',
    );
    bench.storeLarge(invite, 'dkei38sd', '456', 'text/plain', 'x');
    const names = bench.head
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(':')[0]);
    expect(names).toEqual(['To', 'From', 'P-Asserted-Identity', 'Call-ID', 'Date', 's', 'Priority']);
    expect(bench.text(bench.record.fragmentStart, bench.record.fragmentEnd)).toBe(
      'MSRP dkei38sd SEND\r\nMessage-ID: 456\r\nContent-Type: text/plain\r\n\r\n',
    );
  });

  it('the record of a large body does not go through the scratch region', () => {
    const bench = new Bench();
    const body = 'abcdefghij'.repeat(100_000);
    bench.storeLarge(E2_INVITE, 'dkei38sd', '4567', 'text/plain', body);
    expect(bench.text(bench.record.bodyStart, bench.record.bodyEnd) === body).toBe(true);
    const held = bench.octets.heldOctets;
    expect(bench.payload().includes(body)).toBe(true);
    expect(bench.octets.heldOctets).toBe(held); // the spans had one hold each, the store keeps its own
  });
});

describe('payload', () => {
  it('A1: message/sip is a whole request with one synthetic Via and no hop-by-hop octet of the original', () => {
    const bench = new Bench();
    const hops =
      'Route: <sip:hop@x;lr>\r\nv: SIP/2.0/UDP hop2\r\nContact: <sip:hop3@x>\r\nX-Odd: stays\r\nExpires: 60\r\n';
    bench.storePager(E1.replace('CSeq', hops + 'CSeq').replace(/Content-Length.*\r\n/, ''));
    const payload = bench.payload(Wrapper.sip);
    expect(payload).not.toMatch(/hop|user1pc|776sgdkse/);
    const sip = payload.slice(payload.indexOf('MESSAGE sip:'), payload.lastIndexOf('\r\n--'));
    const message = bench.parse(sip);
    expect(message.count(Header.via)).toBe(1);
    expect(message.textOf(Header.via)).toMatch(
      /^SIP\/2.0\/TCP im.ims.example;branch=z9hG4bK[A-Za-z0-9]{12}$/,
    );
    expect(message.textOf(Header.maxForwards)).toBe('70');
    expect(message.textOf(Header.cseq)).toBe('1 MESSAGE');
    expect(sip).toContain('X-Odd: stays\r\n');
    expect(sip).toContain('Expires: 60\r\n');
    expect(message.contentLength).toBe(18);
  });

  it('A1: legacy-e1 replays the stored Via, for the invariant that must catch it', () => {
    const bench = new Bench();
    bench.storePager(E1);
    expect(bench.payload(Wrapper.legacyE1)).toContain('user1pc.imserver.com;branch=z9hG4bK776sgdkse');
  });

  it('A22: Content-Length is added where UDP had none; without a body there is neither it nor an empty line', () => {
    const bench = new Bench();
    bench.storePager(E1.replace(/Content-Length.*\r\n/, ''));
    expect(bench.payload()).toContain('Content-Type: text/plain\r\nContent-Length: 18\r\n\r\nWatson');
    bench.storePager(E1.slice(0, E1.indexOf('Content-Type')) + 'Content-Length: 0\r\n\r\n');
    const payload = bench.payload(Wrapper.sipfrag, 'b');
    expect(payload.endsWith('Date: Thu, 21 Feb 2002 13:02:03 GMT\r\n\r\n--b--')).toBe(true);
    expect(payload).not.toContain('Content-Length');
    // A whole request says it, and once.
    expect(bench.payload(Wrapper.sip).match(/Content-Length: .*/g)).toEqual(['Content-Length: 0']);
  });

  it('A7, I6: an invalid Date is stored as it came and replaced in the push; of two only the first is pushed', () => {
    const bench = new Bench();
    bench.writer.fields.dateMs = -1;
    const odd = E1.replace('13:02:03 GMT', '13:02:03 EST');
    bench.storePager(odd);
    expect(bench.head).toContain('13:02:03 EST');
    expect(bench.payload().match(/Date: .*/g)).toEqual(['Date: Thu, 21 Feb 2002 13:02:03 GMT']);
    // Nothing else of the message is touched.
    const replaced = [Wrapper.sipfrag, Wrapper.sip].map((kind) => bench.payload(kind, 'b'));
    bench.writer.fields.dateMs = 5;
    bench.storePager(E1);
    expect(replaced).toEqual([Wrapper.sipfrag, Wrapper.sip].map((kind) => bench.payload(kind, 'b')));
    bench.storePager(E1.replace('CSeq', 'Date: Fri, 22 Feb 2002 13:02:03 GMT\r\nCSeq'));
    expect(bench.payload().match(/Date: .*/g)).toEqual(['Date: Thu, 21 Feb 2002 13:02:03 GMT']);
  });

  it('rules 1.7: cpc, oli and iotl leave the wrapped Request-URI, other parameters stay', () => {
    const bench = new Bench();
    const uri = 'sip:+4930;cpc=ordinary;x=1@imserver.com;user=phone;OLI=63;iotl=a.b?cpc=kept';
    bench.storePager(E1.replace('sip:user2@imserver.com SIP', uri + ' SIP'));
    expect(bench.head).toContain(uri);
    expect(bench.payload()).toContain(
      '\r\nMESSAGE sip:+4930;x=1@imserver.com;user=phone?cpc=kept SIP/2.0\r\n',
    );
  });

  it('A20: a boundary that stands in the content is not used, and the next one is the same on a retry', () => {
    const bench = new Bench();
    bench.storePager(E1);
    bench.payload();
    const first = bench.wrapper.boundary;
    bench.storePager(
      E1.replace('Content-Length: 18', 'Content-Length: 20').replace(
        'Watson, come here.',
        'x\r\n--' + first + 'abc',
      ),
    );
    const payload = bench.payload();
    expect(bench.wrapper.boundary).not.toBe(first);
    expect(bench.payload()).toBe(payload);
  });

  it('A13: the inner tid changes only if its end-line stands in the body, under any flag', () => {
    const bench = new Bench();
    bench.storeLarge(E2_INVITE, 'dkei38sd', '4567', 'text/plain', 'a\r\n-------dkei38sd+\r\nb');
    const payload = bench.payload();
    const tid = /MSRP (\S+) SEND/.exec(payload)?.[1] ?? '';
    expect(tid).toMatch(/^[A-Za-z0-9]{12}$/);
    expect(payload).toContain(`b\r\n-------${tid}$\r\n--`);
    expect(bench.payload()).toBe(payload);
  });

  it('A13: omitFrame leaves out start line and end-line together', () => {
    const bench = new Bench(new HeaderPolicy(), true);
    bench.storeLarge(E2_INVITE, 'dkei38sd', '4567', 'text/plain', 'hello');
    const payload = bench.payload(Wrapper.sipfrag, 'b');
    expect(
      payload.endsWith('\r\n\r\nMessage-ID: 4567\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--'),
    ).toBe(true);
  });

  it('A19: the leaf type is told in lower case, without parameters', () => {
    const bench = new Bench();
    bench.storePager(E1.replace('text/plain', 'Text/HTML; charset=UTF-8'));
    expect(bench.wrapper.leafType(bench.record)).toBe('text/html');
    bench.storeLarge(E2_INVITE, 'dkei38sd', '4567', 'Image/PNG', 'x');
    expect(bench.wrapper.leafType(bench.record)).toBe('image/png');
  });

  it('I4, I5, I11: any body comes out of both wraps as it went in, by our own parsers', () => {
    const bench = new Bench();
    const multipart = new Multipart();
    const sipfrag = new SipFragment(new SipMessage());
    const msrpfrag = new MsrpFragment();
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.uint8Array({ minLength: INLINE_OCTETS - 2, maxLength: INLINE_OCTETS + 40 }),
      fc
        .array(
          fc.constantFrom('\r\n', '--', '-------dkei38sd$', '-------', 'dkei38sd', '\r\n\r\n', 'a', '\0'),
          {
            maxLength: 20,
          },
        )
        .map((parts) => Uint8Array.from(Buffer.from(parts.join(''), 'latin1'))),
    );
    fc.assert(
      fc.property(bodies, fc.integer(), fc.boolean(), (body, random, large) => {
        const text = Buffer.from(body).toString('latin1');
        bench.writer.fields.random0 = random;
        if (large) bench.storeLarge(E2_INVITE, 'dkei38sd', '456', 'text/plain', text);
        else
          bench.storePager(E1.replace('18\r\n\r\nWatson, come here.', () => `${text.length}\r\n\r\n${text}`));
        const payload = Buffer.from(bench.payload(), 'latin1');
        expect(multipart.parse(payload, 0, payload.length, bench.wrapper.boundary)).toBe(true);
        expect(multipart.count).toBe(large ? 2 : 1);
        const last = multipart.parts[multipart.count - 1];
        if (large) {
          expect(msrpfrag.parse(payload, last.bodyStart, last.bodyEnd)).toBe(true);
          expect(payload.latin1Slice(msrpfrag.idStart, msrpfrag.idEnd)).toBe('456');
          expect(payload.latin1Slice(msrpfrag.bodyStart, msrpfrag.bodyEnd)).toBe(text);
        } else {
          expect(sipfrag.parse(payload, last.bodyStart, last.bodyEnd)).toBe(true);
          expect(sipfrag.message.textOf(Header.callId)).toBe('asd88asd77a@1.2.3.4');
          expect(payload.latin1Slice(sipfrag.bodyStart, sipfrag.bodyEnd)).toBe(text);
        }
      }),
      { seed: 42, numRuns: 300 },
    );
  });
});
