/**
 * The REGISTER request of a client (RFC 3261 section 10.2, RFC 5626 section 4.2): one Call-ID for the life of the device, a CSeq
 * that grows, one Contact with the feature tags of OMA SIMPLE IM, `+sip.instance` and `reg-id` for its one flow.
 *
 * Not modelled: authentication, several flows or contacts, GRUU, Path beyond saying that it is supported.
 */
import { DOMAIN, SIP_PORT } from '../../addressing.js';
import { IM_TAG, LARGE_TAG } from '../../feature-tags.js';
import { NEVER_CANARY } from '../../marks.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import { SUPPORTED } from '../capabilities.js';
import { Draw } from '../chance.js';
import type { FleetContext } from '../context.js';
import { USER_AGENT } from '../pager/pager-writer.js';
import { Templates, writeMarkNumber } from '../templates.js';

const FEATURES = `${IM_TAG};${LARGE_TAG}`;
const AT = 0x40;
const COLON = 0x3a;
const GREATER = 0x3e;
const HYPHEN = 0x2d;

/** Writes `<sip:u7@10.16.0.7:5060>`. */
export function writeContactUri(writer: OctetWriter, user: number, ip: number): void {
  writer.ascii('<sip:u').decimal(user).octet(AT).dotted(ip);
  writer.octet(COLON).decimal(SIP_PORT).octet(GREATER);
}

export class RegisterWriter {
  private readonly t: Templates;
  private readonly pieces;

  constructor(private readonly context: FleetContext) {
    const t = new Templates(context.ports.octets);
    this.t = t;
    this.pieces = {
      start: t.add(`REGISTER sip:${DOMAIN} SIP/2.0\r\n`),
      from: t.add('Max-Forwards: 70\r\nFrom: <sip:u'),
      fromTag: t.add(`@${DOMAIN}>;tag=`),
      to: t.add('\r\nTo: <sip:u'),
      callId: t.add(`@${DOMAIN}>\r\nCall-ID: `),
      cseq: t.add('\r\nCSeq: '),
      contact: t.add(' REGISTER\r\nContact: '),
      instance: t.add(`;${FEATURES};+sip.instance="<urn:uuid:`),
      expires: t.add('>";reg-id=1\r\nExpires: '),
      access: t.add(`\r\n${SUPPORTED}P-Access-Network-Info: 3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=`),
      canary: t.add(NEVER_CANARY),
      end: t.add(`\r\nUser-Agent: ${USER_AGENT}\r\nContent-Length: 0\r\n\r\n`),
    };
  }

  /** Writes the whole request; the writer is left open. `expiresS` is the lifetime that is asked for. */
  write(client: number, expiresS: number): void {
    const { context, t, pieces } = this;
    const { ports, writer, table, config } = context;
    const { random } = ports;
    const user = context.devices.userOf(client);
    const cseq = table.cseq[client];
    const ip = ports.ipOf(client);
    writer.begin();
    t.write(writer, pieces.start);
    context.endpoint.writeVia(writer, client, context.leg);
    t.write(writer, pieces.from);
    writer.decimal(user);
    t.write(writer, pieces.fromTag);
    writer.hex32(random.addressed(Draw.registerTag, client, cseq));
    t.write(writer, pieces.to);
    writer.decimal(user);
    t.write(writer, pieces.callId);
    writer.hex32(random.addressed(Draw.registerCallId, client, ports.incarnation)).hex32(ports.incarnation);
    writer.octet(AT).dotted(ip);
    t.write(writer, pieces.cseq);
    writer.decimal(cseq);
    t.write(writer, pieces.contact);
    writeContactUri(writer, user, ip);
    t.write(writer, pieces.instance);
    this.writeUuid(client);
    t.write(writer, pieces.expires);
    writer.decimal(expiresS);
    t.write(writer, pieces.access);
    if (config.canaries) {
      t.write(writer, pieces.canary);
      writeMarkNumber(writer, user);
    } else writer.hex32(user);
    t.write(writer, pieces.end);
  }

  /** The instance id, the same at each boot of the device: a UUID of version 4 (RFC 4122 section 4.4) by addressed chance. */
  private writeUuid(client: number): void {
    const { writer, ports } = this.context;
    const { random } = ports;
    const second = random.addressed(Draw.instance, client, 1);
    const third = random.addressed(Draw.instance, client, 2);
    writer.hex32(random.addressed(Draw.instance, client, 0)).octet(HYPHEN);
    writer.hex16(second >>> 16).octet(HYPHEN);
    writer.hex16(0x4000 | (second & 0x0fff)).octet(HYPHEN);
    writer.hex16(0x8000 | ((third >>> 16) & 0x3fff)).octet(HYPHEN);
    writer.hex16(third & 0xffff).hex32(random.addressed(Draw.instance, client, 3));
  }
}
