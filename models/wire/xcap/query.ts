/**
 * The query of an XCAP URI: a list of xpointer parts, of which `xmlns(prefix=namespace)` bind prefixes and all others are
 * ignored (RFC 4825 section 6.4). `^` takes the meaning from a parenthesis or itself (xpointer framework section 3.1).
 */
import { XCAP_LIMITS } from './faults.js';

/** Where bindings go; `XcapTarget` is one. */
export interface BindingSink {
  readonly decoded: Buffer;
  used: number;
  bindings: number;
  readonly prefixStart: Int32Array;
  readonly prefixEnd: Int32Array;
  readonly boundStart: Int32Array;
  readonly boundEnd: Int32Array;
  decode(buf: Buffer, start: number, end: number): number;
}

const PART = /^\s*([A-Za-z_][\w.:-]*)\(((?:[^()^]|\^[()^]|\((?:[^()^]|\^[()^])*\))*)\)/;
const BINDING = /^\s*([A-Za-z_][\w.-]*)\s*=\s*(\S+)\s*$/;

/** Reads octets [start, end) of `buf`; false if they are no list of parts, or bind too many prefixes. */
export function readQuery(sink: BindingSink, buf: Buffer, start: number, end: number): boolean {
  const { decoded } = sink;
  const from = sink.used;
  if (sink.decode(buf, start, end) >= 0) return false;
  let rest = decoded.latin1Slice(from, sink.used);
  sink.used = from;
  while (rest.trim() !== '') {
    const part = PART.exec(rest);
    if (part === null) return false;
    const [whole, scheme, data] = part;
    rest = rest.slice(whole.length);
    if (scheme !== 'xmlns') continue;
    const binding = BINDING.exec(data.replace(/\^([()^])/g, '$1'));
    const b = sink.bindings;
    if (binding === null || b === XCAP_LIMITS.bindings) return false;
    const [, prefix, namespace] = binding;
    sink.prefixStart[b] = sink.used;
    sink.prefixEnd[b] = sink.used + decoded.latin1Write(prefix, sink.used);
    sink.boundStart[b] = sink.prefixEnd[b];
    sink.boundEnd[b] = sink.boundStart[b] + decoded.latin1Write(namespace, sink.boundStart[b]);
    sink.used = sink.boundEnd[b];
    sink.bindings = b + 1;
  }
  return true;
}
