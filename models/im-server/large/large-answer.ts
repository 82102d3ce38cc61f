/**
 * The 200 to the INVITE of a Large Message session and the MSRP session that it announces (O5; RFC 4975 section 8, RFC 6135): as store endpoint
 * the server takes every type, up to the operator's max-size, and is the passive side where it may be.
 *
 * Not modelled: TLS, relays in our own path.
 */
import type { Ports, RandomStream } from '../../../sim/host/ports.js';
import { imServerHost, ipText, MSRP_PORT, SIP_PORT } from '../../addressing.js';
import type { MsrpDriver } from '../../msrp/driver.js';
import { hostIp } from '../../msrp/host-ip.js';
import { randomIdent, SESSION_ID_CHARS } from '../../msrp/ident.js';
import { tagOf } from '../../msrp/two-owners.js';
import { copyLines } from '../../sip/derived.js';
import type { SipEndpoint } from '../../sip/endpoint.js';
import { MsrpUri, readNextHop } from '../../wire/msrp/uri.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import { Direction, Setup } from '../../wire/sdp/constants.js';
import type { SdpMedia, SessionDescription } from '../../wire/sdp/description.js';
import { answerDirection, answerSetup, offererConnects } from '../../wire/sdp/negotiate.js';
import { portFor, writeMsrpAnswer } from '../../wire/sdp/write.js';
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { ALONE, type ImServerConfig } from '../config.js';
import { ALLOW, SUPPORTED } from '../deferral/answer-lines.js';
import { Leg } from '../msrp-desk.js';
import { type FinishedBefore, peerKey } from '../store/finished-before.js';
import type { LargeSession } from './large-session.js';

export class LargeAnswer {
  private readonly random: RandomStream;
  private readonly nextHop = new MsrpUri();
  private readonly host: string;

  constructor(
    private readonly ports: Ports,
    private readonly config: ImServerConfig,
    private readonly msrp: MsrpDriver,
    private readonly endpoint: SipEndpoint,
    private readonly writer: OctetWriter,
  ) {
    this.random = ports.random.stream('im-server/large');
    this.host = imServerHost((config.cluster ?? ALONE).instance);
  }

  /** True if the path of the offer leads over plain TCP. */
  canServe({ buf }: SipMessage, { pathStart, pathEnd }: SdpMedia): boolean {
    return readNextHop(buf.latin1Slice(pathStart, pathEnd), this.nextHop);
  }

  /** Opens the MSRP session of `offer`'s media `index`, and sends 200 to the INVITE `message` until its ACK. Gives the MSRP session. */
  accept(
    session: LargeSession,
    message: SipMessage,
    offer: SessionDescription,
    index: number,
    finishedBefore: FinishedBefore,
  ): number {
    const { ports, endpoint, writer } = this;
    const media = offer.media[index];
    const address = ipText(ports.ipOf(0));
    const setup = answerSetup(media.setup, Setup.passive);
    const port = portFor(setup, MSRP_PORT);
    const path = `msrp://${address}:${port}/${randomIdent(this.random, SESSION_ID_CHARS)};tcp`;
    const key = peerKey(message, session.anonymous);
    if (session.anonymous && key !== '') finishedBefore.reveal(message, key, ports.now());
    const connects = offererConnects(media.setup, setup);
    const msrp = this.open(connects, session.number, path, textOfPath(message, media), key);

    endpoint.beginResponse(writer, session.tx, message, 200);
    copyLines(writer, message, Header.recordRoute);
    writer.ascii(`Contact: <sip:${this.host}:${SIP_PORT}>\r\n${ALLOW}${SUPPORTED}`);
    writer.ascii('Content-Type: application/sdp\r\nContent-Length: ');
    const lengthAt = writer.length;
    writer.ascii('0000\r\n\r\n');
    const bodyAt = writer.length;
    writeMsrpAnswer(writer, offer, index, {
      user: 'store', // pushes, which have numbers of their own, say `im`
      sessionId: session.number,
      sessionVersion: 0,
      address,
      port,
      path,
      acceptTypes: '*',
      acceptWrappedTypes: '',
      setup,
      maxSizeOctets: this.config.large.messageOctets,
      direction:
        media.direction === Direction.sendrecv ? Direction.recvonly : answerDirection(media.direction),
    });
    writer.patchDecimal(lengthAt, 4, writer.length - bodyAt);
    const { length } = writer;
    endpoint.respondUntilAck(session.tx, writer.end(), length, bodyAt);
    return msrp;
  }

  /** Waits for the offerer; or connects, to the (illegal) offer of a passive sender, which is tolerated (rules 3.4). */
  private open(connects: boolean, session: number, path: string, peerPath: string, key: string): number {
    const { msrp, nextHop } = this;
    const tag = tagOf(Leg.large, session);
    const ip = !connects && readNextHop(peerPath, nextHop) ? hostIp(nextHop.host) : -1;
    if (ip < 0 || nextHop.port < 0) return msrp.openPassive(tag, path, peerPath, key);
    return msrp.openActive(tag, this.ports.tcp.connect(0, ip, nextHop.port), path, peerPath, key);
  }
}

function textOfPath({ buf }: SipMessage, { pathStart, pathEnd }: SdpMedia): string {
  return buf.latin1Slice(pathStart, pathEnd);
}
