/**
 * Responses through the proxy (RFC 3261 sections 16.7 and 16.9): which one of the branches' is passed back, and when none will do
 * and the IM Server takes over.
 *
 * Tokens of client transactions: positive a branch, 0 nobody cares, negative a server transaction to pass responses to. An INVITE
 * branch becomes negative when it is over for the proxy, and then only 2xx pass (RFC 6026 section 8.6).
 *
 * Not modelled: recursion on 3xx, aggregation of challenges.
 */
import type { Ports } from '../../../sim/host/ports.js';
import type { SipEndpoint } from '../../sip/endpoint.js';
import type { Tx } from '../../sip/user.js';
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { Method } from '../../wire/sip/head/methods.js';
import { CSeq, parseCSeq } from '../../wire/sip/values/scalars.js';
import { meansAbsent, rank } from './best-response.js';
import { type BranchKeeper, NOBODY } from './branch-keeper.js';
import type { Branch, Context, Contexts } from './contexts.js';
import type { Forwarder } from './forwarder.js';
import type { ImServers } from '../im-servers.js';

/** A flow to a client is gone: one proxy's word to another (RFC 5626 section 11.5). */
const FLOW_FAILED = 430;

/** Who takes a request over that no client took (rules 2.1). */
export interface Deferral {
  /** The clients' answers to this context do not matter any more. */
  defer(context: Context): void;
}

export class ProxyResponses {
  private readonly ports: Ports;
  private readonly endpoint: SipEndpoint;
  private readonly forwarder: Forwarder;
  private readonly imServers: ImServers;
  private readonly keeper: BranchKeeper;
  private readonly contexts: Contexts;
  private readonly deferral: Deferral;
  private readonly cseq = new CSeq();

  constructor(
    ports: Ports,
    endpoint: SipEndpoint,
    forwarder: Forwarder,
    imServers: ImServers,
    keeper: BranchKeeper,
    deferral: Deferral,
  ) {
    this.ports = ports;
    this.endpoint = endpoint;
    this.forwarder = forwarder;
    this.imServers = imServers;
    this.keeper = keeper;
    this.contexts = keeper.contexts;
    this.deferral = deferral;
  }

  /** A response to a client transaction of the proxy. */
  onResponse(tx: Tx, message: SipMessage): void {
    if (!message.hasFurtherVia()) {
      // Meant for this element, so it is not forwarded (section 16.7 item 3); who sent it gave no answer that could be.
      if (message.status >= 200) this.onFailure(tx, 503);
      return;
    }
    const token = this.endpoint.token(tx);
    if (token < 0) this.passBack(tx, -token, message);
    else if (token !== NOBODY) this.onBranchResponse(tx, token, message);
  }

  /** A client transaction of the proxy failed: `status` is 408 (Timer B or F) or 503 (transport, section 16.9). */
  onFailure(tx: Tx, status: number): void {
    const token = this.endpoint.token(tx);
    if (token < 0) this.endPassage(-token, status);
    else if (token !== NOBODY) {
      const context = this.contexts.branches.context[token];
      this.keeper.end(token);
      // The transaction may go on: a 2xx that was meant for this element comes again.
      this.endpoint.setToken(tx, this.tokenOfOver(context));
      this.noteFinal(context, status, 0, 0, 0);
    }
  }

  /** The one branch of a request without a context, or what still comes on an INVITE branch that is over. */
  private passBack(tx: Tx, serverTx: Tx, message: SipMessage): void {
    const { status } = message;
    if (status < 200 || !this.endpoint.isLive(serverTx)) return;
    if (status >= 300 && (this.endpoint.requestBlock(serverTx) === 0 || this.isInvite(message))) return;
    if (status === 503 || status === FLOW_FAILED) this.answerFailure(serverTx, status);
    else this.forward(tx, serverTx, message);
    // A 2xx of a branch that was over wins like any other.
    const context = status < 300 && this.isInvite(message) ? this.endpoint.token(serverTx) : 0;
    if (context !== 0) this.releaseAll(context);
  }

  /** Section 16.7 item 10: the other branches of an INVITE are cancelled; other requests run their course for nobody. */
  private releaseAll(context: Context): void {
    const { contexts, keeper } = this;
    while (contexts.firstBranch[context] !== 0) keeper.release(contexts.firstBranch[context]);
    keeper.close(context);
  }

  private isInvite(message: SipMessage): boolean {
    const line = message.find(Header.cseq);
    if (line < 0) return false;
    parseCSeq(message.buf, message.valueStart[line], message.valueEnd[line], this.cseq);
    return this.cseq.method === Method.invite;
  }

  private onBranchResponse(tx: Tx, branch: Branch, message: SipMessage): void {
    const { contexts } = this;
    const context = contexts.branches.context[branch];
    const { status } = message;
    const serverTx = contexts.serverTx[context];
    if (status < 200) {
      if (contexts.invite[context] === 0) return;
      this.keeper.startTimerC(branch);
      this.keeper.stopLiveTimer(context);
      this.forward(tx, serverTx, message);
      return;
    }
    if (status >= 300) {
      const block = this.isKept(context, status) ? this.compose(tx, serverTx, message) : 0;
      const { length, bodyStart } = this.forwarder;
      this.keeper.end(branch);
      this.noteFinal(context, status, block, length, bodyStart);
      return;
    }
    this.keeper.end(branch);
    this.endpoint.setToken(tx, this.tokenOfOver(context));
    this.forward(tx, serverTx, message);
    this.releaseAll(context);
  }

  /** Token of a client transaction whose branch of `context` is over. */
  private tokenOfOver(context: Context): number {
    const { invite, serverTx } = this.contexts;
    return invite[context] === 1 ? -serverTx[context] : NOBODY;
  }

  /** True if a final response is kept, to be passed back as it came. Not what our own answer replaces, or the IM Server's. */
  private isKept(context: Context, status: number): boolean {
    if (status === 503 || status === FLOW_FAILED) return false;
    return this.contexts.mayDefer[context] === 0 || !meansAbsent(status);
  }

  /** A branch ended with `status`; the response composed for it is in `block`, 0 if it would have to be our own. */
  private noteFinal(
    context: Context,
    status: number,
    block: number,
    length: number,
    bodyStart: number,
  ): void {
    const { contexts } = this;
    const best = contexts.bestStatus[context];
    if (best === 0 || rank(status) < rank(best)) {
      this.keeper.forgetBest(context);
      contexts.setBest(context, status, block, length, bodyStart);
    } else if (block !== 0) this.ports.octets.release(block);
    if (status >= 600) {
      contexts.mayDefer[context] = 0;
      this.keeper.cancelPending(context);
    }
    if (contexts.pending[context] === 0) this.conclude(context);
  }

  /** The live attempt is over and what a device said forbids to defer: that is the answer, whoever is still silent. */
  concludeNow(context: Context): void {
    while (this.contexts.firstBranch[context] !== 0) this.keeper.dismiss(this.contexts.firstBranch[context]);
    this.conclude(context);
  }

  /** Section 16.7 item 6: all branches have ended without a 2xx. */
  private conclude(context: Context): void {
    const { contexts, endpoint } = this;
    const status = contexts.bestStatus[context];
    if (contexts.mayDefer[context] === 1 && meansAbsent(status)) {
      this.deferral.defer(context);
      return;
    }
    const serverTx = contexts.serverTx[context];
    const block = contexts.bestBlock[context];
    contexts.bestBlock[context] = 0;
    if (block !== 0) {
      endpoint.respond(serverTx, block, contexts.bestLength[context], contexts.bestBodyStart[context]);
    } else this.answerFailure(serverTx, status);
    this.keeper.close(context);
  }

  /**
   * Our own answer in place of `status`: 500 for 503 (section 16.7 item 6), 480 for 430, which no endpoint should see (RFC 5626 section
   * 11.5). A 408 to anything but INVITE is never sent (RFC 4320 section 4.2): the endpoint only ends the transaction.
   */
  private answerFailure(serverTx: Tx, status: number): void {
    const { endpoint } = this;
    if (!endpoint.isLive(serverTx) || endpoint.requestBlock(serverTx) === 0) return;
    const message = endpoint.requestOf(serverTx);
    endpoint.answer(serverTx, message, status === 503 ? 500 : status === FLOW_FAILED ? 480 : status);
  }

  /** The client transaction of a request without a context failed. An INVITE is its context's to answer: a branch that is over. */
  private endPassage(serverTx: Tx, status: number): void {
    const { endpoint } = this;
    if (!endpoint.isLive(serverTx) || endpoint.requestBlock(serverTx) === 0) return;
    if (endpoint.requestOf(serverTx).method !== Method.invite) this.answerFailure(serverTx, status);
  }

  private compose(tx: Tx, serverTx: Tx, message: SipMessage): number {
    const { endpoint, imServers } = this;
    const fromClient = !imServers.has(endpoint.peerIpOf(tx));
    const toClient = endpoint.isLive(serverTx) && !imServers.has(endpoint.peerIpOf(serverTx));
    return this.forwarder.response(message, fromClient, toClient);
  }

  private forward(tx: Tx, serverTx: Tx, message: SipMessage): void {
    const block = this.compose(tx, serverTx, message);
    this.endpoint.respond(serverTx, block, this.forwarder.length, this.forwarder.bodyStart);
  }
}
