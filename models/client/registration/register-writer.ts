/**
 * The REGISTER request of a client (RFC 3261 section 10.2, RFC 5626 section 4.2): one Call-ID for the life of the device, a CSeq
 * that grows, one Contact with the feature tags of OMA SIMPLE IM, `+sip.instance` and `reg-id` for its one flow.
 *
 * Not modelled: authentication, several flows or contacts, GRUU, Path beyond saying that it is supported.
 */
import { DOMAIN, SIP_PORT, userUri } from '../../addressing.js';
import { mark, NEVER_CANARY } from '../../marks.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import { Draw } from '../chance.js';
import type { FleetContext } from '../context.js';
import { USER_AGENT } from '../pager/pager-writer.js';
import { writeIp } from '../pager/templates.js';

const FEATURES = '+g.oma.sip-im;+g.oma.sip-im.large-message';

/** Writes `<sip:u7@10.16.0.7:5060>`. */
export function writeContactUri(writer: OctetWriter, user: number, ip: number): void {
  writer.ascii('<sip:u').decimal(user).octet(0x40);
  writeIp(writer, ip);
  writer.octet(0x3a).decimal(SIP_PORT).octet(0x3e);
}

/** Writes the whole request; the writer is left open. `expiresS` is the lifetime that is asked for. */
export function writeRegister(context: FleetContext, client: number, expiresS: number): void {
  const { ports, writer, endpoint, table, config } = context;
  const user = context.devices.userOf(client);
  const { random } = ports;
  const cseq = table.cseq[client];
  const ip = ports.ipOf(client);
  writer.begin();
  writer.ascii(`REGISTER sip:${DOMAIN} SIP/2.0\r\n`);
  endpoint.writeVia(writer, client, context.leg);
  writer.ascii('Max-Forwards: 70\r\nFrom: <').ascii(userUri(user)).ascii('>;tag=');
  writer.hex32(random.addressed(Draw.registerTag, client, cseq));
  writer.ascii('\r\nTo: <').ascii(userUri(user)).ascii('>\r\nCall-ID: ');
  writer
    .hex32(random.addressed(Draw.registerCallId, client, ports.incarnation))
    .hex32(ports.incarnation)
    .octet(0x40);
  writeIp(writer, ip);
  writer.ascii('\r\nCSeq: ').decimal(cseq).ascii(' REGISTER\r\nContact: ');
  writeContactUri(writer, user, ip);
  writer.ascii(`;${FEATURES};+sip.instance="<urn:uuid:`);
  writeUuid(context, client);
  writer.ascii('>";reg-id=1\r\nExpires: ').decimal(expiresS);
  writer.ascii(
    '\r\nSupported: path, outbound\r\nP-Access-Network-Info: 3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=',
  );
  if (config.canaries) writer.ascii(mark(NEVER_CANARY, user));
  else writer.hex32(user);
  writer.ascii(`\r\nUser-Agent: ${USER_AGENT}\r\nContent-Length: 0\r\n\r\n`);
}

/** The instance id, the same at each boot of the device: a UUID of version 4 (RFC 4122 section 4.4) by addressed chance. */
function writeUuid(context: FleetContext, client: number): void {
  const { writer, ports } = context;
  const part = (ordinal: number): number => ports.random.addressed(Draw.instance, client, ordinal);
  writer.hex32(part(0)).octet(0x2d);
  writeHex16(writer, part(1) >>> 16).octet(0x2d);
  writeHex16(writer, 0x4000 | (part(1) & 0x0fff)).octet(0x2d);
  writeHex16(writer, 0x8000 | ((part(2) >>> 16) & 0x3fff)).octet(0x2d);
  writeHex16(writer, part(2) & 0xffff).hex32(part(3));
}

function writeHex16(writer: OctetWriter, value: number): OctetWriter {
  for (let shift = 12; shift >= 0; shift -= 4) {
    const digit = (value >>> shift) & 15;
    writer.octet(digit < 10 ? 48 + digit : 87 + digit);
  }
  return writer;
}
