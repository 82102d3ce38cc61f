/**
 * The reader of HTTP as targets, over any segmentation: of requests, as the IM XDMS reads them, and of responses.
 */
import { HttpHeader } from '../wire/http/message.js';
import { HTTP_LIMITS } from '../wire/http/faults.js';
import { HttpSide, HttpStream } from '../wire/http/stream.js';
import { INPUT_LIMIT_OCTETS } from './mutator.js';
import { samplesOf } from './samples.js';
import type { OctetTarget } from './target.js';
import { ENTRY, REFERENCE } from './xcap-samples.js';

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

/** New objects with each call. */
export function httpTargets(): readonly OctetTarget[] {
  return [
    http('http-requests', HttpSide.requests, samplesOf(PUT, GET + PUT)),
    http('http-responses', HttpSide.responses, samplesOf(RESPONSES)),
  ];
}
