/**
 * The invariants' own readers as targets. They judge what is on the wire, hostile clients' octets too, so they meet what peers send and
 * must stand it: a fault in words, never a throw.
 */
import { SlowHttp } from '../invariants/readers/slow-http.js';
import { SlowMsrpStream } from '../invariants/readers/slow-msrp.js';
import { SlowMultipart } from '../invariants/readers/slow-multipart.js';
import { SlowSip } from '../invariants/readers/slow-sip.js';
import { contentTargets } from './content-targets.js';
import { sipTargets } from './sip-targets.js';
import { streamTargets } from './stream-targets.js';
import type { OctetTarget } from './target.js';

const named = (targets: readonly OctetTarget[], name: string): readonly Buffer[] =>
  targets.find((target) => target.name === name)?.samples ?? [];

/** Shows a fault in words as its length: which one it is belongs to the reader. */
function faultOf(words: string | undefined): number {
  return words === undefined ? 0 : words.length;
}

function sip(): OctetTarget {
  const reader = new SlowSip();
  return {
    name: 'invariants-sip',
    samples: named(sipTargets(), 'sip-datagram'),
    words: ['Via: ', 'Content-Length: ', 'From: '],
    streams: false,
    heldLimitOctets: 0,
    heldOctets: () => 0,
    read(buf, start, end, _cuts, seen) {
      for (const fragment of [false, true]) {
        reader.read(buf, start, end, fragment);
        seen.fault(faultOf(reader.fault), start);
        seen.span(reader.bodyStart, reader.bodyEnd);
        for (let i = 0; i < reader.count; i++) seen.span(reader.valueStart[i], reader.valueEnd[i]);
      }
    },
  };
}

function multipart(): OctetTarget {
  const reader = new SlowMultipart();
  const samples = named(contentTargets(), 'mime').map((one) => one.subarray(one.indexOf('\r\n') + 2));
  return {
    name: 'invariants-multipart',
    samples,
    words: ['--bnd7f3a', '\r\n--bnd9c1e', '--'],
    streams: false,
    heldLimitOctets: 0,
    heldOctets: () => 0,
    read(buf, start, end, _cuts, seen) {
      reader.read(buf, start, end);
      seen.fault(faultOf(reader.fault), start);
      for (let i = 0; i < reader.parts; i++) seen.span(reader.bodyStart[i], reader.bodyEnd[i]);
    },
  };
}

function msrp(): OctetTarget {
  return {
    name: 'invariants-msrp',
    samples: named(streamTargets(), 'msrp-frames'),
    words: ['MSRP ', ' SEND\r\n', 'Byte-Range: ', '-------a786hjs2$\r\n', '\r\n-------tid1aaaa'],
    streams: true,
    heldLimitOctets: 0,
    heldOctets: () => 0,
    read(buf, start, end, cuts, seen) {
      const stream = new SlowMsrpStream();
      let at = start;
      for (let piece = 0; piece <= cuts.length; piece++) {
        const upTo = piece < cuts.length ? start + cuts[piece] : end;
        stream.feed(buf, at, upTo, (frame) => {
          seen.number(frame.kind);
          seen.number(frame.flag);
          seen.number(frame.bodyOctets);
          seen.text(frame.text('Byte-Range'));
        });
        at = upTo;
      }
      seen.fault(stream.fault === 'a head without end' ? 1 : faultOf(stream.fault), start);
    },
  };
}

function http(): OctetTarget {
  return {
    name: 'invariants-http',
    samples: named(streamTargets(), 'http-requests'),
    words: ['Content-Length: ', 'HTTP/1.1', '\r\n\r\n'],
    streams: false,
    heldLimitOctets: 0,
    heldOctets: () => 0,
    read(buf, start, end, _cuts, seen) {
      const stream = new SlowHttp();
      stream.feed(buf, start, end, (line, octets, from, to) => {
        seen.text(line);
        seen.octets(octets, from, to);
      });
      seen.fault(faultOf(stream.fault), start);
    },
  };
}

/** The readers of the invariants; new objects with each call. */
export function judgeTargets(): readonly OctetTarget[] {
  return [sip(), multipart(), msrp(), http()];
}
