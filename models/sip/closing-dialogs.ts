/**
 * Dialogs whose BYE has no answer yet. They live until it has (RFC 3261 section 15.1.1), so a BYE of the peer that crosses ours
 * belongs to one and is answered 200, not 481. Kept by the client that said BYE, of whom a fleet has many.
 */
import type { SipMessage } from '../wire/sip/message.js';
import type { Dialog } from './dialog.js';
import { NO_TX, type Tx } from './user.js';

interface Closing {
  readonly bye: Tx;
  readonly dialog: Dialog;
}

export class ClosingDialogs {
  private readonly byLocal = new Map<number, Closing[]>();

  /** Takes `dialog` over until its BYE, transaction `bye` of client `local`, is settled. Without a transaction it is released at once. */
  add(local: number, bye: Tx, dialog: Dialog): void {
    if (bye === NO_TX) {
      dialog.release();
      return;
    }
    const list = this.byLocal.get(local);
    if (list === undefined) this.byLocal.set(local, [{ bye, dialog }]);
    else list.push({ bye, dialog });
  }

  /** The dialog of `local` to which `message` belongs. */
  dialogOf(local: number, message: SipMessage): Dialog | undefined {
    return this.byLocal.get(local)?.find(({ dialog }) => dialog.matches(message))?.dialog;
  }

  /** BYE was answered, or will never be. */
  settled(local: number, bye: Tx): void {
    const list = this.byLocal.get(local) ?? [];
    const at = list.findIndex((one) => one.bye === bye);
    if (at < 0) return;
    list[at].dialog.release();
    list.splice(at, 1);
    if (list.length === 0) this.byLocal.delete(local);
  }

  /** The process behind `local` is no more. */
  forget(local: number): void {
    for (const { dialog } of this.byLocal.get(local) ?? []) dialog.release();
    this.byLocal.delete(local);
  }
}
