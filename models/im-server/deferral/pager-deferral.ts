/**
 * Deferring MESSAGE requests (change request 12.2.2.3, Pager Mode): what is judged fit is given to the store, together with the 202
 * that leaves after the commit; what is not is refused at once, and so is what storage refuses.
 *
 * Not here: the judgement (`deferral.ts`), the wait for the station, and what happens once a message is stored (`server.ts`).
 */
import { CommitStatus, type Block, type Ports } from '../../../sim/host/ports.js';
import { Observed } from '../../observations.js';
import type { SipEndpoint } from '../../sip/endpoint.js';
import type { Tx } from '../../sip/user.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import { Method } from '../../wire/sip/head/methods.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { endWithoutBody } from '../../wire/sip/response.js';
import type { DeferredStore } from '../store/store.js';
import type { AcceptedRequests } from './accepted-requests.js';
import { RETRY_AFTER, STORE_FULL } from './answer-lines.js';
import { ACCEPTED, type DeferralJudge } from './deferral.js';

/** The user of a request that was not read so far. */
export const NO_USER = -1;

export class PagerDeferral {
  constructor(
    private readonly ports: Ports,
    private readonly endpoint: SipEndpoint,
    private readonly writer: OctetWriter,
    private readonly judge: DeferralJudge,
    private readonly accepted: AcceptedRequests,
    private readonly store: DeferredStore,
  ) {}

  /** A MESSAGE after the station served it. Refuses it, or lets the store commit it; then `StoreListener` hears of it. */
  defer(tx: Tx, message: SipMessage): void {
    const { ports, endpoint, writer } = this;
    const receivedAtNs = ports.now();
    const receivedMs = ports.wallClock();
    const verdict = this.judge.judge(message, receivedAtNs, receivedMs);
    const octets = message.end - message.start;
    if (this.accepted.isKnown(message, verdict.user)) {
      // Stored already, under another transaction: the same answer, and nothing more.
      endpoint.answer(tx, message, 202);
      return;
    }
    ports.observe.emit(Observed.deferralRequested, verdict.user, -1, octets, receivedAtNs);
    if (verdict.status !== ACCEPTED) {
      this.refuse(tx, message, verdict.user, verdict.status, verdict.headers);
      return;
    }
    // RFC 3428 section 7: the 202 carries neither Contact nor body.
    endpoint.beginResponse(writer, tx, message, 202);
    endWithoutBody(writer);
    const { length } = writer;
    const response = writer.end();
    verdict.request0 = this.accepted.word0;
    verdict.request1 = this.accepted.word1;
    this.store.save(tx, message, verdict, receivedMs, response, length);
  }

  /** The status for a MESSAGE that came on another branch while its twin is under way: as its twin was answered, if it was accepted. */
  statusOfMerged(message: SipMessage): number {
    const user = this.judge.userOf(message.buf, message.uriStart, message.uriEnd);
    return this.accepted.isKnown(message, user) ? 202 : 482;
  }

  /** Storage refused the message of `tx`, whose 202 is `response`. */
  storeFailed(tx: Tx, user: number, status: CommitStatus, response: Block): void {
    this.ports.octets.release(response);
    if (!this.endpoint.isLive(tx)) return;
    const [code, headers] = status === CommitStatus.full ? [480, STORE_FULL] : [503, RETRY_AFTER];
    this.refuse(tx, this.endpoint.requestOf(tx), user, code, headers);
  }

  /** Answers a request of any method, and says of a MESSAGE that it is not deferred. */
  refuse(tx: Tx, message: SipMessage, user: number, status: number, headers: string): void {
    this.endpoint.answer(tx, message, status, headers);
    if (message.method === Method.message) this.ports.observe.emit(Observed.rejected, user, -1, status, 0);
  }
}
