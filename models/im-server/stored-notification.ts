/**
 * Tells a sender that her message was stored, if she asked for it: the processing notification `stored` of IMDN (RFC 5438
 * sections 8.1 and 12.2), an option of the operator. She asks in the message/cpim body of her message, by a
 * Disposition-Notification of `processing` and a Message-ID; the answer is a MESSAGE to the URI of CPIM's From, through the Core.
 *
 * None for an IMDN, which may not ask for one (section 7.2.1), and none for who hides her identity (section 12.1.1). The body of the
 * message itself is stored and pushed octet for octet like any other.
 *
 * Not modelled: IMDN-Record-Route, `processed` and `error`, senders outside of the domain, a second attempt if the sender is away
 * (the Core does not hand back to us what came from us).
 */
import type { Ports, RandomStream } from '../../sim/host/ports.js';
import { CORE_HOST, IM_SERVER_HOST, SERVER_IDENTITY, SIP_PORT, userUri } from '../addressing.js';
import { Observed } from '../observations.js';
import type { SipEndpoint } from '../sip/endpoint.js';
import { legOf, Transport, type Leg } from '../sip/legs.js';
import { CpimMessage } from '../wire/cpim/cpim.js';
import type { OctetWriter } from '../wire/octet-writer.js';
import { DateTimeWriter } from '../wire/xcap/date-time.js';
import { writeEscaped } from '../wire/xcap/xml-text.js';
import type { ImServerConfig } from './config.js';
import type { DeferralJudge } from './deferral.js';
import { RecordFault, StoredRecord } from './record.js';
import type { PushWrapper } from './wrapper.js';

/** Namespace of the CPIM header fields of RFC 5438 section 6.1. */
const IMDN_NAMESPACE = 'urn:ietf:params:imdn';
/** Token of a request whose answer nobody waits for. */
const NOBODY = -1;
const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;

export class StoredNotification {
  private readonly random: RandomStream;
  private readonly leg: Leg;
  private readonly record = new StoredRecord();
  private readonly cpim = new CpimMessage();
  private readonly dates = new DateTimeWriter();
  /** The URI that `uriOf` found last. */
  private uriStart = 0;
  private uriEnd = 0;

  /** `leafTypes` tells the media type of a record. */
  constructor(
    private readonly ports: Ports,
    private readonly config: ImServerConfig,
    private readonly users: DeferralJudge,
    private readonly endpoint: SipEndpoint,
    private readonly writer: OctetWriter,
    private readonly leafTypes: Pick<PushWrapper, 'leafType'>,
  ) {
    this.random = ports.random.stream('im-server/imdn');
    this.leg = legOf(Transport.udp, config.timers);
  }

  /** The message `dm` is committed: tells its sender if she wants to know. */
  onStored(dm: number): void {
    const { ports, record, cpim, users } = this;
    const { octets, storage } = ports;
    const start = octets.start(storage.read(dm + 1));
    if (record.read(octets.buf, start, start + storage.lengthOf(dm + 1)) !== RecordFault.none) return;
    if (record.anonymous || this.leafTypes.leafType(record) !== 'message/cpim') return;
    if (!cpim.parse(octets.buf, record.bodyStart, record.bodyEnd) || !this.isAsked()) return;
    const id = cpim.findByLocalName(IMDN_NAMESPACE, 'Message-ID');
    if (id < 0 || !this.uriOf('From')) return;
    const sender = users.userOf(octets.buf, this.uriStart, this.uriEnd);
    if (sender < 0 || !this.uriOf('To')) return;
    this.tell(sender, record.user, dm, id);
  }

  private isAsked(): boolean {
    const { cpim } = this;
    const wish = cpim.findByLocalName(IMDN_NAMESPACE, 'Disposition-Notification');
    if (wish < 0) return false;
    return cpim
      .text(wish)
      .split(',')
      .some((one) => one.split(';')[0].trim().toLowerCase() === 'processing');
  }

  /** Finds the URI between `<` and `>` of a CPIM header. */
  private uriOf(name: string): boolean {
    const { cpim } = this;
    const index = cpim.find(name);
    if (index < 0) return false;
    const { buf } = this.ports.octets;
    const open = buf.indexOf(LESS_THAN, cpim.valueStart[index]);
    const close = buf.indexOf(GREATER_THAN, open);
    if (open < 0 || close < 0 || close >= cpim.valueEnd[index]) return false;
    this.uriStart = open + 1;
    this.uriEnd = close;
    return true;
  }

  private tell(sender: number, recipient: number, dm: number, id: number): void {
    const { writer: w, endpoint, random, cpim, ports } = this;
    const { buf } = ports.octets;
    const uri = userUri(sender);
    w.begin();
    w.ascii(`MESSAGE ${uri} SIP/2.0\r\n`);
    endpoint.writeVia(w, 0, this.leg);
    w.ascii(`Max-Forwards: 70\r\nRoute: <sip:${CORE_HOST};lr>\r\nFrom: <${SERVER_IDENTITY}>;tag=`);
    w.hex32(random.int32()).hex32(random.int32());
    w.ascii(`\r\nTo: <${uri}>\r\nCall-ID: imdn`).hex32(random.int32()).hex32(random.int32());
    w.ascii(`@${IM_SERVER_HOST}\r\nCSeq: 1 MESSAGE\r\nP-Asserted-Identity: <${SERVER_IDENTITY}>\r\n`);
    w.ascii('Content-Type: message/cpim\r\nContent-Length: ');
    const lengthAt = w.length;
    w.ascii('0000\r\n\r\n');
    const bodyAt = w.length;
    w.ascii(`From: <${userUri(recipient)}>\r\nTo: <${uri}>\r\nNS: imdn <${IMDN_NAMESPACE}>\r\n`);
    w.ascii('imdn.Message-ID: ').hex32(random.int32()).hex32(random.int32());
    w.ascii('\r\n\r\nContent-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n');
    w.ascii(
      '<?xml version="1.0" encoding="UTF-8"?>\r\n<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>',
    );
    writeEscaped(w, buf, cpim.valueStart[id], cpim.valueEnd[id]);
    w.ascii('</message-id><datetime>');
    this.dates.write(w, this.record.receivedAtMs);
    w.ascii('</datetime><recipient-uri>');
    writeEscaped(w, buf, this.uriStart, this.uriEnd);
    w.ascii('</recipient-uri><processing-notification><status><stored/></status>');
    w.ascii('</processing-notification></imdn>');
    w.patchDecimal(lengthAt, 4, w.length - bodyAt);
    const { length } = w;
    endpoint.request(0, w.end(), length, bodyAt, this.config.coreIp, SIP_PORT, this.leg, NOBODY);
    ports.observe.emit(Observed.storedNotified, sender, dm, 0, 0);
  }
}
