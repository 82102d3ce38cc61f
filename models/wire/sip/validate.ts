/**
 * The checks of a UAS and of a proxy on a parsed message (RFC 3261 sections 8.1.1, 8.2 and 16.3), of syntax and of what every
 * element must refuse. Returns values, never throws.
 *
 * Not checked here, because an element that does not use the value has no reason to refuse the message: Date (rules A7), Expires
 * (A9), Contact of a MESSAGE. Not here either: what depends on the element (methods, extensions, media types it knows).
 */
import { parseAddress, parseContact, type SipAddress } from './values/address.js';
import { HEADER_OCCURS, Header, Occurs } from './head/header-names.js';
import { SipFault } from './faults.js';
import { ListCursor } from './values/list.js';
import type { SipMessage } from './message.js';
import { Method } from './head/methods.js';
import { parseCSeq, parseNumber } from './values/scalars.js';
import { UriScheme, parseUri } from './values/uri.js';

const MAX_FORWARDS_LIMIT = 255;

/** Header fields that every message has (RFC 3261 section 8.1.1). Max-Forwards is not among them: an old element may lack it, and a proxy adds it (section 16.6). */
const MANDATORY: readonly Header[] = [Header.via, Header.from, Header.to, Header.callId, Header.cseq];

/**
 * Fields whose grammar has them once and that no element here reads: of charging, of the network and of the trust domain (classes X,
 * N and I of rules 4.7). A second one is malformed and not needed, so it is ignored (RFC 3261 section 8.2), and stripped with the
 * first (S1a): RFC 7315 section 5.6 gives the sender of two no right, and the recipient no reason to refuse the message.
 */
const UNREAD: readonly Header[] = [
  Header.pChargingVector,
  Header.pDcsBillingInfo,
  Header.relayedCharge,
  Header.pServedUser,
  Header.pUserDatabase,
  Header.pProfileKey,
  Header.pPrivateNetworkIndication,
  Header.pCalledPartyId,
  Header.pAnswerState,
  Header.pDcsTracePartyId,
  Header.pDcsOsps,
  Header.pDcsLaes,
  Header.pDcsRedirect,
  Header.cellularNetworkInfo,
  Header.originationId,
  Header.additionalIdentity,
  Header.priorityVerstat,
  Header.priorityShare,
  Header.geolocationRouting,
];

/** By id: 1 if a second field of this name is a fault. */
const REFUSED_TWICE = Uint8Array.from(HEADER_OCCURS, (occurs) => (occurs === Occurs.once ? 1 : 0));
for (const id of UNREAD) REFUSED_TWICE[id] = 0;

function fail(message: SipMessage, fault: SipFault, offset: number): SipFault {
  message.note(fault, offset);
  return message.fault;
}

function checkOccurrence(message: SipMessage): SipFault {
  for (let i = 0; i < message.headerCount; i++) {
    const id = message.ids[i] as Header;
    if (REFUSED_TWICE[id] === 1 && message.find(id) !== i) {
      return fail(message, SipFault.repeatedOnce, message.nameStart[i]);
    }
  }
  return checkMandatory(message);
}

function checkMandatory(message: SipMessage): SipFault {
  for (const id of MANDATORY) {
    const i = message.find(id);
    if (i < 0) return fail(message, SipFault.mandatoryMissing, message.headersStart);
    if (message.valueStart[i] === message.valueEnd[i]) {
      return fail(message, SipFault.headerValue, message.valueStart[i]);
    }
  }
  return SipFault.none;
}

/** Checks From or To; the cached reading of the message if it is good, else a reading for the offset. */
function checkAddress(message: SipMessage, id: Header, read: SipAddress | undefined): SipFault {
  const i = message.find(id);
  const { buf } = message;
  if (read === undefined) {
    const { scratchContact: scratch } = message;
    const fault = parseAddress(buf, message.valueStart[i], message.valueEnd[i], scratch);
    return fail(message, fault, scratch.faultOffset);
  }
  const uri = message.scratchUri;
  const fault = parseUri(buf, read.uriStart, read.uriEnd, uri);
  return fault === SipFault.none ? fault : fail(message, fault, uri.faultOffset);
}

function checkCSeq(message: SipMessage): SipFault {
  const cseq = message.cseq();
  if (cseq === undefined) {
    const i = message.find(Header.cseq);
    const scratch = message.scratchCSeq;
    const fault = parseCSeq(message.buf, message.valueStart[i], message.valueEnd[i], scratch);
    return fail(message, fault, scratch.faultOffset);
  }
  if (!message.isRequest) return SipFault.none;
  const { buf } = message;
  const length = message.methodEnd - message.methodStart;
  let same = length === cseq.methodEnd - cseq.methodStart;
  for (let k = 0; k < length && same; k++) {
    same = buf[message.methodStart + k] === buf[cseq.methodStart + k];
  }
  return same ? SipFault.none : fail(message, SipFault.cseqMethod, cseq.methodStart);
}

/** Call-ID is one word without white space (RFC 3261 section 25.1, `callid`); which octets exactly is left open. */
function checkCallId(message: SipMessage): SipFault {
  const i = message.find(Header.callId);
  for (let p = message.valueStart[i]; p < message.valueEnd[i]; p++) {
    const c = message.buf[p];
    if (c <= 32 || c === 127) return fail(message, SipFault.headerValue, p);
  }
  return SipFault.none;
}

function checkRequestUri(message: SipMessage): SipFault {
  const uri = message.uri();
  if (uri === undefined) return fail(message, SipFault.requestUri, message.uriStart);
  if (uri.scheme === UriScheme.other) return fail(message, SipFault.scheme, message.uriStart);
  // The header part has no place in a Request-URI (RFC 3261 section 19.1.1).
  if (uri.headersStart < uri.headersEnd) return fail(message, SipFault.requestUri, uri.headersStart);
  return SipFault.none;
}

function checkMaxForwards(message: SipMessage): SipFault {
  const i = message.find(Header.maxForwards);
  if (i < 0) return SipFault.none;
  const value = parseNumber(message.buf, message.valueStart[i], message.valueEnd[i], MAX_FORWARDS_LIMIT);
  if (value >= 0) return SipFault.none;
  return fail(message, value === -2 ? SipFault.scalarRange : SipFault.headerValue, message.valueStart[i]);
}

/** Contact matters to every request but MESSAGE, which has none (RFC 3428 section 4). */
function checkContacts(message: SipMessage): SipFault {
  if (message.method === Method.message || !message.has(Header.contact)) return SipFault.none;
  const list = new ListCursor().open(message, Header.contact);
  const { scratchContact: contact, scratchUri: uri } = message;
  while (list.next()) {
    let fault = parseContact(message.buf, list.start, list.end, contact);
    if (fault !== SipFault.none) return fail(message, fault, contact.faultOffset);
    if (contact.star) continue;
    fault = parseUri(message.buf, contact.uriStart, contact.uriEnd, uri);
    if (fault !== SipFault.none) return fail(message, fault, uri.faultOffset);
  }
  return SipFault.none;
}

/**
 * Checks a response before a transaction hears of it: the header fields that every message has, and the To, which the ACK of a 3xx-6xx
 * repeats (RFC 3261 section 17.1.1.3). The rest is left to who reads it, since a response that is dropped is asked for again in vain.
 */
export function validateResponse(message: SipMessage): SipFault {
  const fault = checkMandatory(message);
  return fault === SipFault.none ? checkAddress(message, Header.to, message.to()) : fault;
}

/**
 * Checks a message that `parseSip` filled: version, header fields that every message has or that occur once, Via, From, To,
 * Call-ID, CSeq, and of a request the Request-URI, the method in CSeq, Max-Forwards and Contact. Returns the first fault, and
 * notes it in the message with its offset. A fault that `parseSip` noted is returned as it is.
 */
export function validate(message: SipMessage): SipFault {
  if (message.fault !== SipFault.none) return message.fault;
  if (!message.versionOk) return fail(message, SipFault.version, message.start);
  let fault = checkOccurrence(message);
  if (fault !== SipFault.none) return fault;
  if (message.topVia() === undefined) {
    return fail(message, SipFault.via, message.valueStart[message.find(Header.via)]);
  }
  fault = checkAddress(message, Header.from, message.from());
  if (fault === SipFault.none) fault = checkAddress(message, Header.to, message.to());
  if (fault === SipFault.none) fault = checkCSeq(message);
  if (fault === SipFault.none) fault = checkCallId(message);
  if (fault !== SipFault.none || !message.isRequest) return fault;
  fault = checkRequestUri(message);
  if (fault === SipFault.none) fault = checkMaxForwards(message);
  if (fault === SipFault.none) fault = checkContacts(message);
  return fault;
}

/**
 * True if a response can and may be built: a request other than ACK that has CSeq and Via with a host to be read, by which its sender
 * finds the transaction, and no lone CR or LF in its head. From, To and Call-ID may be what is missing (RFC 4475 section 3.3.1).
 * Everything else is dropped in silence.
 */
export function canBeAnswered(message: SipMessage): boolean {
  if (!message.isRequest || message.method === Method.ack || message.bareLineEnds) return false;
  return message.has(Header.cseq) && message.answerableVia() !== undefined;
}
