/**
 * The readers of MSRP as targets: frames, over any segmentation, and URIs.
 */
import { assert } from '../../sim/kernel/assert.js';
import { FRAME_LIMITS } from '../wire/msrp/frame-faults.js';
import type { Span } from '../wire/msrp/frame-head.js';
import { FrameEvent, FrameParser } from '../wire/msrp/frame-parser.js';
import { MsrpUri, nextUri, uriEnd } from '../wire/msrp/uri.js';
import { samplesOf } from './samples.js';
import type { Seen } from './seen.js';
import type { OctetTarget } from './target.js';

const PATHS =
  'To-Path: msrp://10.0.0.2:2855/s8f9g7h6j5k4l3;tcp\nFrom-Path: msrp://10.16.0.7:9/a1b2c3d4e5f6g7;tcp\n';
const SEND = `MSRP a786hjs2 SEND
${PATHS}Message-ID: 87652491xyz
Byte-Range: 1-25/25
Success-Report: yes
Failure-Report: partial
Content-Disposition: inline
Content-Type: text/plain

Hey Bob, are you there?
-------a786hjs2$
`;
const CHUNKS = `MSRP tid1aaaa SEND
${PATHS}Message-ID: m1234567
Byte-Range: 1-*/8
Content-Type: text/plain

abcd
-------tid1aaaa+
MSRP tid2aaaa SEND
${PATHS}Message-ID: m1234567
Byte-Range: 5-8/8
Content-Type: text/plain

ef
-------tid1aaaa$
-------tid2aaaa$
MSRP tid3aaaa SEND
${PATHS}Message-ID: m7654321
-------tid3aaaa#
`;
const OTHERS = `MSRP a786hjs2 200 OK
${PATHS}-------a786hjs2$
MSRP dkei38sd REPORT
${PATHS}Message-ID: 12339sdqwer
Byte-Range: 1-106/106
Status: 000 408 late
-------dkei38sd$
MSRP 49fh AUTH
${PATHS}-------49fh$
`;

function span(value: Span, buf: Buffer, seen: Seen): void {
  seen.flag(value.present);
  if (value.present) seen.octets(buf, value.start, value.end);
}

export function msrpFrames(): OctetTarget {
  const parser = new FrameParser();
  let largest = 0;
  return {
    name: 'msrp-frames',
    samples: samplesOf(SEND, CHUNKS, OTHERS, SEND + OTHERS),
    words: [
      'MSRP ',
      ' SEND\r\n',
      ' 200 OK\r\n',
      'Byte-Range: ',
      '1-*/*',
      '-------a786hjs2$',
      '\r\n-------tid1aaaa',
      '$\r\n',
      '+\r\n',
      '#\r\n',
      'Message-ID: ',
      'Failure-Report: no',
    ],
    streams: true,
    heldLimitOctets: FRAME_LIMITS.headOctets,
    heldOctets: () => largest,
    read(buf, start, end, cuts, seen) {
      parser.reset();
      let at = start;
      let body = 0;
      for (let piece = 0; piece <= cuts.length; piece++) {
        const upTo = piece < cuts.length ? start + cuts[piece] : end;
        if (upTo > at) parser.feed(buf, at, upTo);
        at = upTo;
        for (let event = parser.next(); event !== FrameEvent.more; event = parser.next()) {
          if (event === FrameEvent.fault) {
            seen.fault(parser.fault, start);
            return;
          }
          if (event === FrameEvent.body) {
            // Spans differ with the pieces, the octets of a whole body do not.
            for (let i = parser.spanStart; i < parser.spanEnd; i++)
              body = Math.imul(body ^ parser.spanBuf[i], 0x01000193);
            continue;
          }
          const { head } = parser;
          if (event === FrameEvent.end) {
            span(head.messageId, head.buf, seen);
            seen.number(body);
            body = 0;
            seen.number(parser.flag);
            seen.number(parser.bodyOctets);
            continue;
          }
          if (head.buf !== buf && head.buf.length > largest) largest = head.buf.length;
          seen.fault(head.fault, start);
          seen.flag(parser.hasBody);
          seen.number(head.kind);
          seen.number(head.status);
          for (const value of [
            head.tid,
            head.method,
            head.toPath,
            head.fromPath,
            head.messageId,
            head.contentType,
          ]) {
            span(value, head.buf, seen);
          }
          seen.number(head.rangeStart);
          seen.number(head.rangeEnd);
          seen.number(head.total);
          seen.number(head.successReport * 4 + head.failureReport);
        }
      }
    },
  };
}

export function msrpUris(): OctetTarget {
  const uri = new MsrpUri();
  const again = new MsrpUri();
  return {
    name: 'msrp-uri',
    samples: samplesOf(
      'msrp://alice@atlanta.example.com:7777/iau39;tcp msrps://[2001:DB8::1]:2855/a%7eb;tcp;x=y',
      'msrp://%31%30.0.0.2/s8f9g7h6;TCP;a;b=c;d',
    ),
    words: ['msrp://', 'msrps://', ';tcp', '%41', '[::1]', ';a=b', ':65536', '@'],
    streams: false,
    heldLimitOctets: 0,
    heldOctets: () => 0,
    read(buf, start, end, _cuts, seen) {
      for (let at = nextUri(buf, start, end); at < end;) {
        const to = uriEnd(buf, at, end);
        const text = buf.latin1Slice(at, to);
        if (uri.parse(text)) {
          seen.fault(0, at);
          seen.text(uri.host);
          seen.number(uri.port);
          seen.text(uri.sessionId);
          assert(again.parse(text) && again.equals(uri), 'a URI that differs from itself');
        } else seen.fault(1, at);
        at = nextUri(buf, to, end);
      }
    },
  };
}
