/**
 * What a client answers to requests that are no MESSAGE: INVITE and BYE, OPTIONS, and those of methods that it does not know. It finds the
 * session whose dialog a request belongs to, and tells who has it.
 *
 * A MESSAGE does not come here: it stands for itself in any dialog, and RFC 3261 section 12.2.2 lets it be accepted.
 *
 * Not modelled: changes to a session that is open (488), an INVITE that rings: each is answered in the call that brings it.
 */
import type { Dialog } from '../sip/dialog.js';
import type { Tx } from '../sip/user.js';
import { Method } from '../wire/sip/head/methods.js';
import type { SipMessage } from '../wire/sip/message.js';
import { ALLOW, CAPABILITIES, NO_CHANGE } from './capabilities.js';
import type { FleetContext } from './context.js';

/** Who has sessions, each with a dialog. */
interface DialogOwner {
  /** The dialog of the user's to which `message` belongs. */
  dialogOf(user: number, message: SipMessage): Dialog | undefined;
  /** The peer said BYE in `dialog`, which may be somebody else's, and was answered. */
  onBye(user: number, dialog: Dialog): void;
}

/** Who answers an INVITE that begins a dialog. */
interface Invited extends DialogOwner {
  onInvite(tx: Tx, user: number, message: SipMessage): void;
}

export class DialogDesk {
  /** `invited` has the sessions that clients are invited to, `opened` those that they open. */
  constructor(
    private readonly context: FleetContext,
    private readonly invited: Invited,
    private readonly opened: DialogOwner,
  ) {}

  /** A request for `user` that is no MESSAGE. Answers it. */
  onRequest(tx: Tx, user: number, message: SipMessage): void {
    switch (message.method) {
      case Method.invite:
        if (message.hasToTag) this.within(tx, user, message);
        else this.invited.onInvite(tx, user, message);
        break;
      case Method.bye:
        this.within(tx, user, message);
        break;
      case Method.options:
        if (message.hasToTag) this.within(tx, user, message);
        else this.context.endpoint.answer(tx, message, 200, CAPABILITIES);
        break;
      default:
        this.context.endpoint.answer(tx, message, 405, ALLOW);
    }
  }

  /** RFC 3261 section 12.2.2: 481 if no dialog of the client's has it, 500 if it is out of order. */
  private within(tx: Tx, user: number, message: SipMessage): void {
    const { invited, opened } = this;
    const { closing, endpoint } = this.context;
    const dialog =
      invited.dialogOf(user, message) ?? opened.dialogOf(user, message) ?? closing.dialogOf(user, message);
    if (dialog === undefined) endpoint.answer(tx, message, 481);
    else if (!dialog.acceptsCSeq(message)) endpoint.answer(tx, message, 500);
    else if (message.method === Method.invite) endpoint.answer(tx, message, 488, NO_CHANGE);
    else if (message.method === Method.options) endpoint.answer(tx, message, 200, CAPABILITIES);
    else {
      endpoint.answer(tx, message, 200);
      invited.onBye(user, dialog);
      opened.onBye(user, dialog);
    }
  }
}
