/**
 * The readers of MSRP and HTTP as targets, over any segmentation, and of what HTTP carries here: XCAP targets, queries and XML.
 */
import { assert } from '../../sim/kernel/assert.js';
import { HttpHeader } from '../wire/http/message.js';
import { HTTP_LIMITS } from '../wire/http/faults.js';
import { HttpSide, HttpStream } from '../wire/http/stream.js';
import { FRAME_LIMITS } from '../wire/msrp/frame-faults.js';
import type { Span } from '../wire/msrp/frame-head.js';
import { FrameEvent, FrameParser } from '../wire/msrp/frame-parser.js';
import { MsrpUri, nextUri, uriEnd } from '../wire/msrp/uri.js';
import { HISTORY_FIELDS } from '../wire/xcap/history.js';
import { HistoryReader } from '../wire/xcap/history-reader.js';
import { XcapTarget } from '../wire/xcap/target.js';
import { samplesOf } from './samples.js';
import type { Seen } from './seen.js';
import { INPUT_LIMIT_OCTETS } from './mutator.js';
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

function msrpFrames(): OctetTarget {
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

function msrpUris(): OctetTarget {
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

const REFERENCE =
  '/org.openmobilealliance.deferred-list/users/sip:u9@ims.example/deferred-list/~~/history-list/history%5b@history-reference=%22sip:9f8e7d@im.ims.example%22%5d';
const ENTRY =
  '<history xmlns="urn:oma:xml:im:history-list" history-reference="sip:9f8e7d@im.ims.example"><size>18</size><expiry>2002-02-21T13:02:03Z</expiry><subject>a &lt; b &#x20ac;</subject><pager><time-stamp>2002-02-21T13:02:03Z</time-stamp><from>sip:u7@ims.example</from><to>sip:u9@ims.example</to><auth-id>sip:u7@ims.example</auth-id></pager></history>';
const DOCUMENT = `<?xml version="1.0" encoding="UTF-8"?><!-- x --><history-list xmlns="urn:oma:xml:im:history-list">${ENTRY} <?pi x?>${ENTRY}</history-list>`;
const PUT = `PUT ${REFERENCE} HTTP/1.1
Host: xdms.ims.example
Content-Type: application/xcap-el+xml
If-Match: "x"
Content-Length: ${ENTRY.length}

${ENTRY}`;
const GET = `GET ${REFERENCE} HTTP/1.0
Connection: keep-alive

`;
const RESPONSES = `HTTP/1.1 201 Created
ETag: "1"
Content-Length: 0

HTTP/1.1 304 Not Modified

HTTP/1.1 200 OK
Connection: x, close
Content-Length: 3

abc`;
const HTTP_WORDS = [
  'HTTP/1.1',
  'HTTP/1.0',
  'Content-Length: ',
  'Transfer-Encoding: chunked',
  'Host: ',
  'GET ',
  'PUT ',
  'Connection: close',
  '200 ',
];

function http(name: string, side: HttpSide, samples: readonly Buffer[]): OctetTarget {
  let stream = new HttpStream(side);
  return {
    name,
    samples,
    words: HTTP_WORDS,
    streams: true,
    heldLimitOctets: HTTP_LIMITS.headOctets + INPUT_LIMIT_OCTETS,
    heldOctets: () => stream.pendingOctets,
    read(buf, start, end, cuts, seen) {
      stream = new HttpStream(side);
      let at = start;
      for (let piece = 0; piece <= cuts.length; piece++) {
        const upTo = piece < cuts.length ? start + cuts[piece] : end;
        stream.feed(buf, at, upTo);
        at = upTo;
        while (stream.next()) {
          const { message } = stream;
          seen.number(message.method);
          seen.number(message.status);
          seen.flag(message.keepAlive);
          seen.octets(message.buf, message.targetStart, message.targetEnd);
          for (let i = 0; i < message.headerCount; i++) {
            seen.octets(message.buf, message.nameStart[i], message.nameEnd[i]);
            seen.octets(message.buf, message.valueStart[i], message.valueEnd[i]);
          }
          seen.octets(message.buf, message.bodyStart, message.bodyEnd);
          seen.flag(message.valueIs(HttpHeader.contentType, 'application/xcap-el+xml'));
        }
        if (stream.fault !== 0) break;
      }
      seen.fault(stream.fault, start);
    },
  };
}

function xcapTargets(): OctetTarget {
  const target = new XcapTarget();
  return {
    name: 'xcap-target',
    samples: samplesOf(
      REFERENCE,
      'http://xdms.ims.example/org.openmobilealliance.deferred-list/global/index/~~/a:history-list/*%5b3%5d/@size?xmlns(a=urn:x)xmlns(b=urn:y)',
      '/a/users/sip:u9@ims.example/d/~~/x/namespace::*?foo(a^)b(c))xmlns(p=q)',
    ),
    words: [
      '/~~/',
      '%5b',
      '%5d',
      '%22',
      '@',
      '*',
      'xmlns(',
      ')',
      '^',
      '(',
      'namespace::*',
      '?',
      'http://',
      '/users/',
      '/global/',
    ],
    streams: false,
    heldLimitOctets: 0,
    heldOctets: () => 0,
    read(buf, start, end, _cuts, seen) {
      const fault = target.parse(buf, start, end);
      // The place is an offset already.
      seen.fault(fault, start + (fault === 0 ? 0 : target.faultOffset));
      assert(target.used <= target.decoded.length, 'more was decoded than there is room for');
      if (fault !== 0) return;
      const { decoded } = target;
      seen.octets(decoded, target.auidStart, target.auidEnd);
      seen.octets(decoded, target.xuiStart, target.xuiEnd);
      seen.octets(decoded, target.documentStart, target.documentEnd);
      for (let i = 0; i < target.steps; i++) {
        seen.octets(decoded, target.nameStart[i], target.nameEnd[i]);
        seen.octets(decoded, target.namespaceStart[i], target.namespaceEnd[i]);
        seen.octets(decoded, target.attributeStart[i], target.attributeEnd[i]);
        seen.octets(decoded, target.valueStart[i], target.valueEnd[i]);
        seen.number(target.position[i]);
      }
      seen.number(target.terminal);
    },
  };
}

function xml(): OctetTarget {
  const reader = new HistoryReader();
  return {
    name: 'xml',
    samples: samplesOf(ENTRY, DOCUMENT),
    words: [
      '<history',
      '</history>',
      '<pager>',
      '</',
      '/>',
      '<!--',
      '-->',
      '<![CDATA[',
      '<!DOCTYPE x [<!ENTITY a "b">]>',
      '<?',
      '?>',
      '&amp;',
      '&#0;',
      '&#x10ffff;',
      '&a;',
      ']]>',
      ' xmlns=""',
      '\xed\xa0\x80',
      '\xef\xbb\xbf',
      '\xe2\x82\xac',
    ],
    streams: false,
    heldLimitOctets: 0,
    heldOctets: () => 0,
    read(buf, start, end, _cuts, seen) {
      reader.element(buf, start, end);
      seen.fault(reader.fault, reader.faultOffset);
      if (reader.fault === 0) fields(reader, seen);
      reader.document(buf, start, end);
      while (reader.nextEntry()) fields(reader, seen);
      seen.fault(reader.fault, reader.faultOffset);
    },
  };
}

function fields(reader: HistoryReader, seen: Seen): void {
  seen.span(reader.entryStart, reader.entryEnd);
  for (let field = 0; field < HISTORY_FIELDS; field++) {
    if (reader.has(field as never)) seen.span(reader.fieldStart[field], reader.fieldEnd[field]);
  }
}

/** The readers of MSRP, HTTP, XCAP and XML; new objects with each call. */
export function streamTargets(): readonly OctetTarget[] {
  return [
    msrpFrames(),
    msrpUris(),
    http('http-requests', HttpSide.requests, samplesOf(PUT, GET + PUT)),
    http('http-responses', HttpSide.responses, samplesOf(RESPONSES)),
    xcapTargets(),
    xml(),
  ];
}
