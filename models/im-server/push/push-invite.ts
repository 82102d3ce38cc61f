/**
 * The INVITE of a push session, as octets (D3, D4, rules 2.3): from the IM Server's identity to the served user, through the Core, with
 * an MSRP offer that is `sendonly` and lets the client choose who connects; and which push a Call-ID is of.
 */
import {
  CORE_HOST,
  IM_SERVER_HOST,
  MSRP_PORT,
  SERVER_IDENTITY,
  SIP_PORT,
  userUri,
} from '../../addressing.js';
import type { RandomStream } from '../../../sim/host/ports.js';
import type { SipEndpoint } from '../../sip/endpoint.js';
import type { Leg } from '../../sip/legs.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import { Direction, Setup } from '../../wire/sdp/constants.js';
import { writeMsrpOffer } from '../../wire/sdp/write.js';
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { IM_TAG } from '../../feature-tags.js';
import { ALLOW, SUPPORTED } from '../deferral/answer-lines.js';

/** Call-ID of a push begins with this; the number of the session follows, which finds it again. */
const CALL_ID_PREFIX = 'push';
const DIGIT_0 = 48;
/** What the server can be sent inside the multipart, and as such. */
const WRAPPED = 'message/sip message/sipfrag message/msrpfrag *';

export class PushInvite {
  /** Where the body of the INVITE last written begins. */
  bodyAt = 0;

  constructor(
    private readonly writer: OctetWriter,
    private readonly endpoint: SipEndpoint,
    private readonly random: RandomStream,
    private readonly leg: Leg,
    /** Name of this server, for Contact. */
    private readonly host: string,
  ) {}

  /** Leaves the INVITE of session `push` to `user` in the writer. `path`: our MSRP URI, at `address`. */
  write(user: number, push: number, address: string, path: string): void {
    const { writer, random } = this;
    const served = userUri(user);
    writer.begin();
    writer.ascii(`INVITE ${served} SIP/2.0\r\n`);
    this.endpoint.writeVia(writer, 0, this.leg);
    writer.ascii(`Max-Forwards: 70\r\nRoute: <sip:${CORE_HOST};lr>\r\nFrom: <${SERVER_IDENTITY}>;tag=`);
    writer.hex32(random.int32()).hex32(random.int32());
    writer.ascii(`\r\nTo: <${served}>\r\nCall-ID: ${CALL_ID_PREFIX}${push}.`);
    writer.hex32(random.int32()).hex32(random.int32());
    writer.ascii(`@${IM_SERVER_HOST}\r\nCSeq: 1 INVITE\r\nContact: <sip:${this.host}:${SIP_PORT}>\r\n`);
    writer.ascii(`P-Asserted-Identity: <${SERVER_IDENTITY}>\r\n`);
    writer.ascii(`Accept-Contact: *;${IM_TAG};require;explicit\r\n${ALLOW}${SUPPORTED}`);
    writer.ascii('Content-Type: application/sdp\r\nContent-Length: ');
    const lengthAt = writer.length;
    writer.ascii('0000\r\n\r\n');
    this.bodyAt = writer.length;
    writeMsrpOffer(writer, {
      user: 'im',
      sessionId: push,
      sessionVersion: 0,
      address,
      port: MSRP_PORT,
      path,
      acceptTypes: 'multipart/mixed multipart/alternative',
      acceptWrappedTypes: WRAPPED,
      setup: Setup.actpass,
      maxSizeOctets: -1,
      direction: Direction.sendonly,
    });
    writer.patchDecimal(lengthAt, 4, writer.length - this.bodyAt);
  }
}

/** The number of the session whose Call-ID `message` has; -1 if that is of no push. The dialog has to be compared all the same. */
export function pushOfCallId(message: SipMessage): number {
  const index = message.find(Header.callId);
  if (index < 0) return -1;
  const { buf } = message;
  let at = message.valueStart[index];
  for (let i = 0; i < CALL_ID_PREFIX.length; i++, at++) {
    if (buf[at] !== CALL_ID_PREFIX.charCodeAt(i)) return -1;
  }
  let push = 0;
  for (; at < message.valueEnd[index]; at++) {
    const digit = buf[at] - DIGIT_0;
    if (digit < 0 || digit > 9) break;
    push = push * 10 + digit;
  }
  return push;
}
