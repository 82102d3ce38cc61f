/**
 * The checks of a UAS and of a proxy on a parsed message (RFC 3261 sections 8.2 and 16.3).
 */
import { SipFault } from './faults.js';
import { SipMessage } from './message.js';

/**
 * Checks a message that `parseSip` filled: version, mandatory header fields, fields that may occur once, ranges of CSeq,
 * Max-Forwards and Expires, the method in CSeq, From, To, Via and Request-URI. Returns the first fault, and notes it in the
 * message with its offset. A fault that `parseSip` noted is returned as it is.
 */
export function validate(message: SipMessage): SipFault {
  return message.fault;
}

/**
 * True if a response can and may be built: a request other than ACK whose top Via, From, To, Call-ID and CSeq can be read.
 * Everything else is dropped in silence.
 */
export function canBeAnswered(message: SipMessage): boolean {
  return message.isRequest;
}
