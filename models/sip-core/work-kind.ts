/**
 * What work a datagram is for the Core's CPU, told from its first octets before anything is paid for. A message that begins well and is
 * malformed is charged as what it seems to be.
 */
import { DatagramKind, datagramKind, skipLineEnds } from '../wire/stun/stun.js';
import { CoreWork } from './config.js';

/** The first four octets of a response, and of no method. */
const SIP_SLASH = 0x5349502f;
/** ... of a REGISTER, and of no other request. */
const REGI = 0x52454749;
/** Less is no message. */
const FEWEST_OCTETS = 8;

/** The kind of work in a datagram; -1 if there is none. */
export function workOf(buf: Buffer, start: number, end: number): number {
  const kind = datagramKind(buf, start, end);
  if (kind === DatagramKind.stun) return CoreWork.keepAlive;
  const at = skipLineEnds(buf, start, end);
  if (kind !== DatagramKind.sip || end - at < FEWEST_OCTETS) return -1;
  const word = buf.readUInt32BE(at);
  if (word === SIP_SLASH) return CoreWork.response;
  return word === REGI ? CoreWork.register : CoreWork.request;
}
