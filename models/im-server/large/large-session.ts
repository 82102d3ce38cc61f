/** One Large Message session in which the IM Server is the MSRP endpoint of an offline user. Exists while the dialog does. */
import type { Block, TimerId } from '../../../sim/host/ports.js';
import type { Dialog } from '../../sip/dialog.js';
import type { Tx } from '../../sip/user.js';

export class LargeSession {
  /** Number of the MSRP session; -1 once that is over. */
  msrp = -1;
  /** Messages of this session that wait for their commit or for the station. */
  pending = 0;
  /** No message comes any more; the session goes when nothing is pending, the dialog when it is ended by BYE. */
  over = false;
  /** BYE of our own has left. */
  byeSent = false;
  limitTimer: TimerId = -1;

  constructor(
    readonly number: number,
    readonly user: number,
    readonly tx: Tx,
    /** Our tag, as a signed integer: finds the session again. */
    readonly toTag: number,
    readonly dialog: Dialog,
    /** The INVITE as it came, held until the session goes: its headers are stored with each message (S3). */
    readonly invite: Block,
    readonly inviteStart: number,
    readonly inviteOctets: number,
    readonly anonymous: boolean,
    /** The sender's Date in milliseconds since 1970; -1 if there is none or it is not valid. */
    readonly dateMs: number,
  ) {}
}
