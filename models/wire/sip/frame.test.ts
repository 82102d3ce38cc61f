import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SipFault } from './faults.js';
import { FrameStatus, StreamFramer } from './frame.js';
import { Header } from './head/header-names.js';
import { SipMessage } from './message.js';
import { Framing, SIP_LIMITS, parseSip } from './parse.js';

const messageOf = (callId: string, body: string): string =>
  `MESSAGE sip:u9@ims.example SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\nCall-ID: ${callId}\r\nl: ${body.length}\r\n\r\n${body}`;

/** Feeds `octets` in the given cuts, as a connection does, and tells what came out. */
function feed(octets: string, cuts: readonly number[]): string[] {
  const framer = new StreamFramer();
  const out = new SipMessage();
  const seen: string[] = [];
  let held = '';
  let from = 0;
  for (const cut of [...cuts, octets.length]) {
    held += octets.slice(from, cut);
    from = cut;
    for (;;) {
      // Another place in another buffer each time: the framer may keep relative positions only.
      const pad = seen.length + 3;
      const buf = Buffer.from('\n'.repeat(pad) + held + 'x\r\n\r\n', 'latin1');
      const status = framer.next(buf, pad, pad + held.length, out);
      if (status === FrameStatus.incomplete) break;
      if (status === FrameStatus.broken) return [...seen, `broken ${framer.fault}`];
      held = held.slice(framer.taken);
      if (status === FrameStatus.lineEnd) seen.push('crlf');
      else
        seen.push(
          `${out.textOf(Header.callId)}=${buf.toString('latin1', out.bodyStart, out.bodyEnd)}/${framer.fault}`,
        );
    }
  }
  return [...seen, `left ${held.length}`];
}

describe('RFC 3261 section 18.3: messages on a stream', () => {
  it('the cut does not depend on the segmentation', () => {
    const stream =
      messageOf('a', 'one') +
      '\r\n\r\n' +
      messageOf('b', '') +
      messageOf('c', 'x\r\n\r\nSIP/2.0 200 OK\r\n\r\n') +
      '\r\n' +
      messageOf('d', 'y').slice(0, -1);
    const whole = [
      'a=one/0',
      'crlf',
      'crlf',
      'b=/0',
      'c=x\r\n\r\nSIP/2.0 200 OK\r\n\r\n/0',
      'crlf',
      `left ${messageOf('d', 'y').length - 1}`,
    ];
    expect(feed(stream, [])).toEqual(whole);
    expect(
      feed(
        stream,
        Array.from({ length: stream.length }, (_, i) => i),
      ),
    ).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 6 }), (cuts) => {
        expect(
          feed(
            stream,
            cuts.toSorted((a, b) => a - b),
          ),
        ).toEqual(whole);
      }),
      { seed: 42, numRuns: 100 },
    );
  });

  it('a message that cannot be cut breaks the stream, and names why', () => {
    const head = (line: string): string => `MESSAGE sip:a SIP/2.0\r\n${line}\r\n\r\n`;
    expect(feed(head('To: x'), [])).toEqual([`broken ${SipFault.contentLengthMissing}`]);
    expect(feed(head('l: -1'), [])).toEqual([`broken ${SipFault.contentLength}`]);
    expect(feed(head('l: 1\r\nContent-Length: 2'), [])).toEqual([`broken ${SipFault.contentLength}`]);
    expect(feed(head(`l: ${SIP_LIMITS.bodyOctets + 1}`), [])).toEqual([`broken ${SipFault.bodyTooLarge}`]);
    expect(feed(`MESSAGE sip:a SIP/2.0\r\nX: ${'x'.repeat(SIP_LIMITS.headerSectionOctets)}`, [])).toEqual([
      `broken ${SipFault.headersTooLarge}`,
    ]);
    expect(feed('\rMESSAGE', [])).toEqual([`broken ${SipFault.lineEnd}`]);
  });

  it('a bad header line or start line does not break the stream: the message has its fault, the next is sound', () => {
    const bad = messageOf('a', 'one').replace('Call-ID: a', 'Call-ID: a\r\nno colon');
    expect(feed(bad + messageOf('b', ''), [])).toEqual([`a=one/${SipFault.headerLine}`, 'b=/0', 'left 0']);
  });

  it('octet by octet, a long header section is searched once', () => {
    const framer = new StreamFramer();
    const out = new SipMessage();
    const stream = Buffer.from(messageOf('x'.repeat(3_000), 'b'), 'latin1');
    let looked = 0;
    const view = out.viewOf(stream);
    const getInt32 = view.getInt32.bind(view);
    view.getInt32 = (at: number, little?: boolean): number => {
      looked++;
      return getInt32(at, little);
    };
    let status: FrameStatus = FrameStatus.incomplete;
    for (let end = 1; end <= stream.length; end++) status = framer.next(stream, 0, end, out);
    expect(status).toBe(FrameStatus.message);
    expect(looked).toBeLessThan(stream.length * 4);
  });
});

describe('RFC 3261 section 18.3: messages in datagrams', () => {
  const parse = (text: string, framing: Framing = Framing.datagram): SipMessage => {
    const message = new SipMessage();
    const buf = Buffer.from(text, 'latin1');
    parseSip(buf, 0, buf.length, framing, message);
    return message;
  };

  it('Content-Length: missing is the rest, surplus is ignored, a shortage is a fault', () => {
    const rest = parse('MESSAGE sip:a SIP/2.0\r\nTo: x\r\n\r\nbody');
    expect(parse('MESSAGE sip:a SIP/2.0\r\nTo: x\r\n\r\nbody', Framing.stream).fault).toBe(
      SipFault.contentLengthMissing,
    );
    expect([rest.fault, rest.bodyOctets, rest.contentLength]).toEqual([0, 4, -1]);
    const surplus = parse('MESSAGE sip:a SIP/2.0\r\nl: 2\r\n\r\nbody');
    expect([surplus.fault, surplus.bodyOctets]).toEqual([0, 2]);
    const short = parse('MESSAGE sip:a SIP/2.0\r\nl: 5\r\n\r\nbody');
    expect([short.fault, short.bodyOctets]).toEqual([SipFault.bodyShort, 4]);
  });

  it('keep-alives and truncated heads are faults with what could be read', () => {
    expect([parse('').fault, parse('\r\n\r\n').fault]).toEqual([SipFault.empty, SipFault.empty]);
    const early = parse('\r\n\r\nMESSAGE sip:a SIP/2.0\r\nTo: x\r\n\r\n');
    expect([early.fault, early.start, early.methodText()]).toEqual([0, 4, 'MESSAGE']);
    const cut = parse('MESSAGE sip:a SIP/2.0\r\nTo: x\r\nFrom: y');
    expect([cut.fault, cut.has(Header.to), cut.has(Header.from)]).toEqual([SipFault.headerEnd, true, false]);
    expect(parse('MESSAGE sip:a SIP/2.0').fault).toBe(SipFault.headerEnd);
    expect(parse(`MESSAGE sip:${'a'.repeat(9000)} SIP/2.0\r\n\r\n`).fault).toBe(SipFault.uriTooLong);
  });

  it('never throws, whatever the octets', () => {
    const message = new SipMessage();
    const source = Buffer.from(messageOf('a', 'one'), 'latin1');
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 30 }),
        fc.nat(source.length),
        fc.nat(source.length),
        fc.boolean(),
        (noise, at, drop, datagram) => {
          const buf = Buffer.concat([
            source.subarray(0, at),
            noise,
            source.subarray(Math.min(source.length, at + (drop % 7))),
          ]);
          const fault = parseSip(buf, 0, buf.length, datagram ? Framing.datagram : Framing.stream, message);
          expect(message.fault).toBe(fault);
          expect(message.bodyEnd <= buf.length && message.bodyStart <= message.bodyEnd).toBe(true);
          expect(message.faultOffset >= 0 && message.faultOffset <= buf.length).toBe(true);
        },
      ),
      { seed: 42, numRuns: 500 },
    );
  });
});
