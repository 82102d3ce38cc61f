/**
 * The 200 to a REGISTER (RFC 3261 section 10.3 step 8, RFC 5626 section 6, RFC 7315 section 4.1): every binding with the lifetime that is left, the
 * date, the identities of the user, and the Flow-Timer of an outbound registration. The IM Server gets the same octets, if it is to hear of the bindings.
 *
 * Not modelled: Path and Service-Route, GRUU.
 */
import type { Ports } from '../../../sim/host/ports.js';
import { aliasUri, DOMAIN } from '../../addressing.js';
import type { SipEndpoint } from '../../sip/endpoint.js';
import type { Tx } from '../../sip/user.js';
import { octetsOf, type OctetWriter } from '../../wire/octet-writer.js';
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { endWithoutBody } from '../../wire/sip/response.js';
import { DateLine } from '../../wire/sip/values/date.js';
import { ListCursor } from '../../wire/sip/values/list.js';
import type { SipCoreConfig } from '../config.js';
import { sameText } from '../identity.js';
import type { Bindings } from './bindings.js';
import { flowTimerSeconds } from './liveness.js';
import type { ThirdPartyRegistration } from './third-party.js';

const CONTACT = octetsOf('Contact: ');
const EXPIRES = octetsOf(';expires=');
const ASSOCIATED = octetsOf('P-Associated-URI: <sip:u');
const AT_DOMAIN = octetsOf(`@${DOMAIN}>`);

export class RegisterAnswer {
  private readonly outboundLines: string;
  private readonly dateLine = new DateLine();
  private readonly list = new ListCursor();

  constructor(
    private readonly ports: Ports,
    private readonly config: SipCoreConfig,
    private readonly endpoint: SipEndpoint,
    private readonly writer: OctetWriter,
    private readonly bindings: Bindings,
    private readonly thirdParty: ThirdPartyRegistration,
  ) {
    this.outboundLines = `Require: outbound\r\nFlow-Timer: ${flowTimerSeconds(config.flowTimeoutNs)}\r\n`;
  }

  /** Answers `message` of `user`. `outbound`: it registered a flow. With `tell` the IM Server gets the answer too. */
  send(tx: Tx, message: SipMessage, user: number, outbound: boolean, tell: boolean): void {
    const { writer, bindings, endpoint } = this;
    const now = this.ports.now();
    endpoint.beginResponse(writer, tx, message, 200);
    const { octets } = this.ports;
    for (let b = bindings.firstOf(user); b !== 0; b = bindings.next(b)) {
      const from = octets.start(bindings.contact[b]);
      writer.constant(CONTACT).span(octets.buf, from, from + bindings.contactLength[b]);
      writer.constant(EXPIRES).decimal(bindings.remainingS(b, now)).crlf();
    }
    this.dateLine.write(writer, this.ports.wallClock());
    writer.constant(ASSOCIATED).decimal(user).constant(AT_DOMAIN);
    // The alias is a canary that no octets towards a client may hold: with canaries on she knows it without being told.
    if (!this.config.canaries) writer.ascii(`, <${aliasUri(user)}>`);
    writer.crlf();
    // RFC 5626 section 6: Flow-Timer stands beside this option tag alone.
    if (outbound && this.supportsOutbound(message)) writer.ascii(this.outboundLines);
    endWithoutBody(writer);
    const { length } = writer;
    const block = writer.end();
    // The answer is its sender's, and may be gone with it.
    if (tell) octets.retain(block);
    endpoint.respond(tx, block, length, length);
    if (!tell) return;
    this.thirdParty.registered(user, block, length);
    octets.release(block);
  }

  private supportsOutbound(message: SipMessage): boolean {
    this.list.open(message, Header.supported);
    while (this.list.next())
      if (sameText(message.buf, this.list.start, this.list.end, 'outbound')) return true;
    return false;
  }
}
