/**
 * The 200 with which a client accepts an INVITE (RFC 3261 section 13.3.1.4, RFC 4975 section 8): what she takes in the session (rules 2.3,
 * 3.6; R14), who connects (RFC 6135), and the URI under which she is found.
 */
import { ipText, MSRP_PORT } from '../../addressing.js';
import { IM_TAG } from '../../feature-tags.js';
import { randomIdent, SESSION_ID_CHARS } from '../../msrp/ident.js';
import { copyLines } from '../../sip/derived.js';
import type { Tx } from '../../sip/user.js';
import { Setup } from '../../wire/sdp/constants.js';
import { answerDirection, answerSetup, offererConnects } from '../../wire/sdp/negotiate.js';
import { portFor, writeMsrpAnswer, type MsrpEndpoint } from '../../wire/sdp/write.js';
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { ALLOW, SUPPORTED } from '../capabilities.js';
import { AddressedStream, Draw } from '../chance.js';
import type { FleetContext } from '../context.js';
import { writeContactUri } from '../registration/register-writer.js';
import type { InviteOffer } from './invite-offer.js';

/** What the client takes as root of a message, and inside one. */
const ACCEPT_TYPES = 'multipart/mixed multipart/alternative';
const ACCEPT_WRAPPED_TYPES = '*';
/** In a live session the client takes anything (R14). */
const ANY_TYPE = '*';

export class InviteAnswer {
  /** Of the answer that was written last: her own URI, whether she connects, and where the body begins. */
  localUri = '';
  connects = false;
  bodyStart = 0;
  private readonly idChance: AddressedStream;

  constructor(private readonly context: FleetContext) {
    this.idChance = new AddressedStream(context.ports.random, Draw.sessionId);
  }

  /** Begins a block in the writer of the fleet with the answer of `user` to `message`, whose offer is `offer`. */
  write(tx: Tx, user: number, message: SipMessage, offer: InviteOffer, live: boolean): void {
    const { ports, config, endpoint, writer, table, devices } = this.context;
    const { description, index, media } = offer;
    const setup = answerSetup(media.setup, config.setup === 'passive' ? Setup.passive : Setup.active);
    this.connects = !offererConnects(media.setup, setup);
    const ip = ports.ipOf(user);
    const ordinal = ++table.sessions[user];
    const ident = randomIdent(this.idChance.at(user, ordinal * SESSION_ID_CHARS), SESSION_ID_CHARS);
    const port = portFor(setup, MSRP_PORT);
    this.localUri = `msrp://${ipText(ip)}:${port}/${ident};tcp`;
    const answer: MsrpEndpoint = {
      user: '-',
      sessionId: ordinal,
      sessionVersion: 1,
      address: ipText(ip),
      port,
      path: this.localUri,
      acceptTypes: live ? ANY_TYPE : ACCEPT_TYPES,
      acceptWrappedTypes: live ? '' : ACCEPT_WRAPPED_TYPES,
      setup,
      maxSizeOctets: -1,
      direction: answerDirection(media.direction),
    };
    // Written twice, because Content-Length stands before it.
    writer.begin();
    writeMsrpAnswer(writer, description, index, answer);
    const sdpOctets = writer.length;
    writer.discard();
    endpoint.beginResponse(writer, tx, message, 200);
    copyLines(writer, message, Header.recordRoute);
    writer.ascii('Contact: ');
    writeContactUri(writer, devices.userOf(user), ip);
    writer.ascii(`;${IM_TAG}\r\n${ALLOW}${SUPPORTED}Content-Type: application/sdp\r\nContent-Length: `);
    writer.decimal(sdpOctets);
    writer.ascii('\r\n\r\n');
    this.bodyStart = writer.length;
    writeMsrpAnswer(writer, description, index, answer);
  }
}
