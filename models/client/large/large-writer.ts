/**
 * The INVITE of a Large Message session (RFC 3261 section 13.2, RFC 4975 section 8): From, To, Call-ID, Date, Subject, Priority,
 * privacy and canaries as the MESSAGE of `pager-writer.ts` has them, a Contact with the feature tag, an MSRP offer.
 *
 * The offer says `actpass` (RFC 6135), `sendonly`, and a session-id that ends with a canary: nothing of it belongs into what the
 * recipient is shown later.
 *
 * An anonymous sender's Contact names nobody but her address, which the network needs (RFC 3323 section 4.1).
 *
 * Not modelled: Expires of the session, several media, TLS, relays.
 */
import type { Ports } from '../../../sim/host/ports.js';
import { ipText, MSRP_PORT, SIP_PORT, aliasUri, userUri } from '../../addressing.js';
import { LARGE_TAG } from '../../feature-tags.js';
import { HOP_CANARY, mark, NEVER_CANARY } from '../../marks.js';
import { randomIdent, SESSION_ID_CHARS } from '../../msrp/ident.js';
import { DateLine } from '../../wire/sip/values/date.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { Direction, Setup } from '../../wire/sdp/constants.js';
import { writeMsrpOffer } from '../../wire/sdp/write.js';
import { ALLOW, SUPPORTED } from '../capabilities.js';
import { AddressedStream, Draw } from '../chance.js';
import type { LargeOffer } from '../config.js';
import type { FleetContext } from '../context.js';
import { USER_AGENT } from '../pager/pager-writer.js';

const PRIORITIES = ['emergency', 'urgent', 'normal', 'non-urgent'] as const;
const ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>';
const LENGTH_DIGITS = 4;
/** What the sender's side of a session takes, though nobody sends to her in it (R14). */
const ACCEPT_TYPES = 'multipart/mixed multipart/alternative';

/** Lines by which `sender` asks the network for anonymity, and to assert an alias (RFC 3325 sections 9.2 and 9.3). */
export function writeHiddenIdentity(writer: OctetWriter, sender: number): void {
  writer.ascii(`Privacy: id\r\nP-Preferred-Identity: <${aliasUri(sender)}>\r\n`);
}

/** True if the From of this answer is that of an anonymous INVITE of ours. */
export function saysAnonymous(answer: SipMessage): boolean {
  const at = answer.find(Header.from);
  return at >= 0 && answer.text(at).includes(ANONYMOUS);
}

export class LargeInviteWriter {
  private readonly dateLine = new DateLine();
  /** Where the SDP began in the last INVITE, from its first octet. */
  bodyStart = 0;
  /** The MSRP URI that it offered. */
  localUri = '';
  private readonly ports: Ports;
  private readonly idChance: AddressedStream;

  constructor(ports: Ports) {
    this.ports = ports;
    this.idChance = new AddressedStream(ports.random, Draw.sessionId);
  }

  /** Writes the INVITE for `offer`; `session` numbers the sessions of its sender. The writer is left open. */
  write(context: FleetContext, offer: LargeOffer, session: number): void {
    const { writer, endpoint, config } = context;
    const { random } = this.ports;
    const { sender, recipient, message, anonymous } = offer;
    const chance = random.addressed(Draw.messageHeaders, sender, message);
    const address = ipText(this.ports.ipOf(sender));
    writer.begin();
    writer.ascii(`INVITE ${userUri(recipient)} SIP/2.0\r\n`);
    endpoint.writeVia(writer, sender, context.leg);
    writer.ascii('Max-Forwards: 70\r\nFrom: ');
    writer.ascii(anonymous ? ANONYMOUS : `<${userUri(sender)}>`);
    writer.ascii(';tag=').hex32(random.addressed(Draw.largeTag, sender, session));
    writer.ascii(`\r\nTo: <${userUri(recipient)}>\r\nCall-ID: `);
    writer.hex32(random.addressed(Draw.largeCallId, sender, session)).hex32(session);
    writer.ascii(anonymous ? '@anonymous.invalid' : `@${address}`);
    writer.ascii(
      `\r\nCSeq: 1 INVITE\r\nContact: <sip:${anonymous ? 'anonymous' : `u${sender}`}@${address}:${SIP_PORT}>`,
    );
    writer.ascii(`;${LARGE_TAG}\r\nAccept-Contact: *;${LARGE_TAG};require;explicit\r\n`);
    if (anonymous) writeHiddenIdentity(writer, sender);
    else writer.ascii(`P-Preferred-Identity: <${userUri(sender)}>\r\n`);
    writer.ascii('P-Access-Network-Info: 3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=');
    if (config.canaries) writer.ascii(mark(NEVER_CANARY, message));
    else writer.hex32(sender);
    writer.ascii(anonymous ? '\r\n' : `\r\nUser-Agent: ${USER_AGENT}\r\n`);
    if ((chance & 7) !== 0) this.dateLine.write(writer, this.ports.wallClock());
    if (((chance >>> 3) & 3) === 0 && !anonymous) writer.ascii('Subject: Pictures, and the minutes\r\n');
    if (((chance >>> 5) & 7) === 0) writer.ascii(`Priority: ${PRIORITIES[(chance >>> 8) & 3]}\r\n`);
    // S6c: the Expires of an INVITE is never taken for the lifetime of the message.
    if (((chance >>> 10) & 7) === 0) writer.ascii('Expires: 60\r\n');
    this.writeOffer(context, sender, session, address);
  }

  private writeOffer(context: FleetContext, sender: number, session: number, address: string): void {
    const { writer, config } = context;
    const ident = randomIdent(this.idChance.at(sender, session * SESSION_ID_CHARS), SESSION_ID_CHARS);
    const canary = config.canaries ? mark(HOP_CANARY, sender) : '';
    this.localUri = `msrp://${address}:${MSRP_PORT}/${ident}${canary};tcp`;
    writer.ascii(ALLOW).ascii(SUPPORTED);
    writer.ascii('Content-Type: application/sdp\r\nContent-Length: ');
    const lengthAt = writer.length;
    writer.ascii('0'.repeat(LENGTH_DIGITS)).ascii('\r\n\r\n');
    this.bodyStart = writer.length;
    writeMsrpOffer(writer, {
      user: '-',
      sessionId: session,
      sessionVersion: 1,
      address,
      port: MSRP_PORT,
      path: this.localUri,
      acceptTypes: ACCEPT_TYPES,
      acceptWrappedTypes: '*',
      setup: Setup.actpass,
      maxSizeOctets: -1,
      direction: Direction.sendonly,
    });
    writer.patchDecimal(lengthAt, LENGTH_DIGITS, writer.length - this.bodyStart);
  }
}
