/**
 * State of what one client sends to one recipient by Large Messages, without behaviour: the messages that wait, and the one
 * session that may be open (`large-sender.ts`). It exists while there is a message or a session.
 */
import type { Block, Conn, TimerId } from '../../../sim/host/ports.js';
import type { Dialog } from '../../sip/dialog.js';
import { NO_TX, type Tx } from '../../sip/user.js';
import { CPIM } from './asking-head.js';
import type { LargeOffer } from '../config.js';

export const LargePhase = {
  /** No session; the sender is not registered, or nothing is left to send. */
  waiting: 0,
  /** No session; a failed one is followed by another after a while. */
  backingOff: 1,
  /** INVITE has left. */
  inviting: 2,
  /** The session is there; messages are on their way once it is bound. */
  open: 3,
  /** BYE has left. */
  leaving: 4,
} as const;
export type LargePhase = (typeof LargePhase)[keyof typeof LargePhase];

/** A message on its way, over as many sessions as it takes. */
export class LargeItem {
  /** Sessions in which it was begun; the first one is reported as `sent`, others as `largeRetried`. */
  sessions = 0;
  /** The session in which it was reported last. */
  reportedIn = 0;
  /** Given to the MSRP session that is open. */
  handed = false;
  /** Octets that the peer has from an earlier session (R15). */
  fromOctets = 0;
  /** It goes on behind octets that the peer may have forgotten: only a success REPORT proves that it is whole. */
  resumed = false;
  /** An INVITE for it was refused with 403 once, and it waited for a registration. */
  again = false;
  /** Failed attempts. */
  failures = 0;
  /** When its last octet was handed to TCP, if nobody confirms it; -1 before. */
  writtenNs = -1;

  /** `head`: a block of so many octets, held, that come before the content of a message which asks for notifications. */
  constructor(
    readonly offer: LargeOffer,
    readonly messageId: string,
    readonly head: Block = 0,
    readonly headOctets = 0,
  ) {}

  /** Octets of the whole message. */
  get octets(): number {
    return this.headOctets + this.offer.sizeOctets;
  }

  /** Value of Content-Type of each SEND. */
  get contentType(): string {
    return this.headOctets > 0 ? CPIM : this.offer.contentType;
  }
}

export class LargePair {
  phase: LargePhase = LargePhase.waiting;
  readonly items: LargeItem[] = [];
  /** Failed sessions in a row. */
  failures = 0;
  /** Of the wait for the answer to INVITE, the back-off, the wait for the binding, or the quiet after what nobody confirms; -1 if none runs. */
  timer: TimerId = -1;

  // ---- of the session ----

  /** Its number among the sessions of the sender. */
  session = 0;
  inviteTx: Tx = NO_TX;
  /** The INVITE, held. */
  invite: Block = 0;
  inviteOctets = 0;
  localUri = '';
  dialog: Dialog | undefined;
  msrp = -1;
  conn: Conn = -1;
  bound = false;
  /** Not before this BYE: octets that nobody confirms may still be on their way. */
  quietUntilNs = 0;

  constructor(
    readonly number: number,
    readonly sender: number,
    readonly recipient: number,
    readonly anonymous: boolean,
  ) {}
}
