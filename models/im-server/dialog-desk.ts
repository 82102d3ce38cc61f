/** Hands what belongs to a dialog, or to a request of the server's own, to the sessions that it is of: pushes, or Large Messages. */
import type { SipEndpoint } from '../sip/endpoint.js';
import type { Tx } from '../sip/user.js';
import { Method } from '../wire/sip/head/methods.js';
import type { SipMessage } from '../wire/sip/message.js';
import type { LargeSessions } from './large/large-sessions.js';
import type { PushSignalling } from './push/push-signalling.js';
import { sessionOfBye } from './tokens.js';

export class DialogDesk {
  constructor(
    private readonly endpoint: SipEndpoint,
    private readonly pushes: PushSignalling,
    private readonly large: LargeSessions,
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
    const session = sessionOfBye(this.endpoint.token(tx));
    if (session < 0) this.pushes.onResponse(tx, message);
    else if (message.status >= 200) this.large.onByeSettled(session);
  }

  /** No answer at all (408), or no transport (503). */
  onNoResponse(tx: Tx, status: number): void {
    const session = sessionOfBye(this.endpoint.token(tx));
    if (session < 0) this.pushes.onNoResponse(tx, status);
    else this.large.onByeSettled(session);
  }
}
