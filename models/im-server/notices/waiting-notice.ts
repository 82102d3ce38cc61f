/**
 * Tells a user whose setting is `notify` how many deferred messages wait for her when she comes online (rules 2.2: NOTIFY to who
 * subscribed, MESSAGE by default; this is the MESSAGE). She fetches or deletes them herself.
 *
 * The notice names the served user in Request-URI and To and the server in From, and carries `Expires: 0`: told late it is
 * worth nothing, so nobody may defer it (A9), least of all this server.
 *
 * Not modelled: NOTIFY of a message-summary subscription, a second notice when the first got no 200.
 */
import type { Ports, RandomStream } from '../../../sim/host/ports.js';
import { IM_SERVER_HOST, SERVER_IDENTITY, userUri } from '../../addressing.js';
import { IM_TAG } from '../../feature-tags.js';
import { Observed } from '../../observations.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import type { NoticeDesk } from './notice-desk.js';

export class WaitingNotice {
  private readonly random: RandomStream;

  constructor(
    ports: Ports,
    private readonly desk: NoticeDesk,
    private readonly writer: OctetWriter,
  ) {
    this.random = ports.random.stream('im-server/notice');
  }

  /** Sends the notice, unless nothing waits. */
  send(user: number, waiting: number): void {
    if (waiting === 0) return;
    const { writer, desk, random } = this;
    const served = userUri(user);
    const text = waiting === 1 ? '1 deferred message waits' : `${waiting} deferred messages wait`;
    desk.begin(user);
    writer.hex32(random.int32()).hex32(random.int32());
    writer.ascii(`\r\nTo: <${served}>\r\nCall-ID: notice`).hex32(random.int32()).hex32(random.int32());
    writer.ascii(`@${IM_SERVER_HOST}\r\nCSeq: 1 MESSAGE\r\nP-Asserted-Identity: <${SERVER_IDENTITY}>\r\n`);
    writer.ascii(`Accept-Contact: *;${IM_TAG}\r\nExpires: 0\r\nContent-Type: text/plain\r\n`);
    writer.ascii(`Content-Length: ${text.length}\r\n\r\n`);
    const bodyAt = writer.length;
    writer.ascii(text);
    desk.send(user, bodyAt, Observed.noticeSent, 0, waiting);
  }
}
