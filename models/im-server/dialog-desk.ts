/**
 * Hands what belongs to a dialog, or to a request of the server's own, to what it is of: a push, a session of Large Messages, or a MESSAGE that
 * tells a user something.
 */
import type { SipEndpoint } from '../sip/endpoint.js';
import type { Tx } from '../sip/user.js';
import { Method } from '../wire/sip/head/methods.js';
import type { SipMessage } from '../wire/sip/message.js';
import type { LargeSessions } from './large/large-sessions.js';
import type { NoticeDesk } from './notices/notice-desk.js';
import type { PushSignalling } from './push/push-signalling.js';
import { sessionOfBye, userOfNotice } from './tokens.js';

export class DialogDesk {
  constructor(
    private readonly endpoint: SipEndpoint,
    private readonly pushes: PushSignalling,
    private readonly large: LargeSessions,
    private readonly notices: NoticeDesk,
  ) {}

  /** True if the request belongs to a dialog, and was answered: 481 if the dialog is none of ours (RFC 3261 section 12.2.2). */
  onRequest(tx: Tx, message: SipMessage): boolean {
    if (this.pushes.onInDialogRequest(tx, message)) return true;
    if (this.large.onInDialogRequest(tx, message)) return true;
    const { method } = message;
    if (method !== Method.bye && (method !== Method.invite || !message.hasToTag)) return false;
    this.endpoint.answer(tx, message, 481);
    return true;
  }

  onResponse(tx: Tx, message: SipMessage): void {
    const token = this.endpoint.token(tx);
    if (sessionOfBye(token) < 0 && userOfNotice(token) < 0) this.pushes.onResponse(tx, message);
    else if (message.status >= 200) this.settled(token);
  }

  /** No answer at all (408), or no transport (503). */
  onNoResponse(tx: Tx, status: number): void {
    const token = this.endpoint.token(tx);
    if (sessionOfBye(token) < 0 && userOfNotice(token) < 0) this.pushes.onNoResponse(tx, status);
    else this.settled(token);
  }

  /** A BYE of a session of Large Messages, or a MESSAGE that tells a user something, will get no other answer. */
  private settled(token: number): void {
    const user = userOfNotice(token);
    if (user >= 0) this.notices.settled(user);
    else this.large.onByeSettled(sessionOfBye(token));
  }
}
