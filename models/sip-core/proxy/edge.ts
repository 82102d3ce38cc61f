/**
 * What the edge takes off a message that crosses the border of the trust domain, by header id, so that compact forms, case,
 * folding and repetition cannot hide anything (rules sections 4.5 and 4.7).
 *
 * - From a client: identity that only the network may assert (RFC 3325 section 5: P-Asserted-Identity of an untrusted peer is
 *   removed), its unregistered ancestors, charging and network-internal fields, and the preferred identity, which is consumed
 *   here. P-Access-Network-Info stays: the client is its source (RFC 7315 section 4.4).
 * - To a client: charging and network-internal fields (classes X and N of rules 4.7; RFC 7315 sections 4.4 to 4.6), and
 *   P-Asserted-Identity if Privacy asks for it (RFC 3325 section 7, RFC 3323 section 4.2; rules 4.6).
 *
 * Not modelled: operators' names outside the header table (class U-bad by prefix), which pass; IP address privacy; credentials.
 */
import { Header } from '../../wire/sip/head/header-names.js';
import { HeaderEdits } from '../../wire/sip/forward.js';
import { CHARGING_HEADERS, NETWORK_HEADERS } from '../../wire/sip/head/trust-headers.js';

const H = Header;

/** Classes I and U-bad: hints that are consumed here, and identity or routing outside the registry. */
const HINTS: readonly Header[] = [H.pPreferredIdentity, H.pPreferredService, H.remotePartyId, H.diversion];

/** Bits that choose a set of edits. */
export const Crossing = {
  /** Inside the trust domain. */
  none: 0,
  fromClient: 1,
  toClient: 2,
  /** Privacy asks that the recipient not learn the asserted identity; matters only with `toClient`. */
  private: 4,
} as const;

function editsFor(crossing: number): HeaderEdits {
  const edits = new HeaderEdits();
  const toClient = (crossing & Crossing.toClient) !== 0;
  const fromClient = (crossing & Crossing.fromClient) !== 0;
  if (fromClient || toClient) {
    for (const id of CHARGING_HEADERS) edits.drop(id);
    for (const id of NETWORK_HEADERS) edits.drop(id);
    for (const id of HINTS) edits.drop(id);
  }
  if (fromClient) edits.drop(H.pAssertedIdentity);
  if (toClient) edits.drop(H.pAccessNetworkInfo);
  const hides = (crossing & Crossing.toClient) !== 0 && (crossing & Crossing.private) !== 0;
  if (hides) edits.drop(H.pAssertedIdentity);
  return edits;
}

/**
 * The edits of requests, by {@link Crossing} bits: beside the above, Max-Forwards goes down (RFC 3261 section 16.6 item 3) and
 * Route is dropped, because the forwarder writes what is left of it. `fromIp` and `fromPort` are the caller's to set.
 */
export function requestEdits(): readonly HeaderEdits[] {
  const all: HeaderEdits[] = [];
  for (let crossing = 0; crossing < 8; crossing++) {
    const edits = editsFor(crossing).drop(H.route);
    edits.decrementMaxForwards = true;
    all.push(edits);
  }
  return all;
}

/** The edits of responses, by {@link Crossing} bits: beside the above, our Via goes (RFC 3261 section 16.7 item 3). */
export function responseEdits(): readonly HeaderEdits[] {
  const all: HeaderEdits[] = [];
  for (let crossing = 0; crossing < 8; crossing++) {
    const edits = editsFor(crossing);
    edits.popVia = true;
    all.push(edits);
  }
  return all;
}
