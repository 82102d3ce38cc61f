/**
 * One push session: its state, and the deferred messages it has taken. There is one object for each session that runs, none
 * for a user at rest.
 */
import type { AcceptJudge } from './accept-judge.js';
import type { Dialog } from '../../sip/dialog.js';
import { GraceRows } from './grace-rows.js';
import type { Wrapper } from './wrapper.js';

/** Where a push session stands. */
export const PushPhase = {
  /** INVITE sent, no final answer yet. */
  inviting: 0,
  /** Answered 200 and acknowledged; the MSRP session is not bound yet. */
  binding: 1,
  /** Bound: SENDs go out. */
  pushing: 2,
  /** No new SEND; those under way are awaited (P9, A15, A24). */
  settling: 3,
  /** BYE sent. */
  leaving: 4,
} as const;
export type PushPhase = (typeof PushPhase)[keyof typeof PushPhase];

export class PushSession {
  phase: PushPhase = PushPhase.inviting;
  /** Transaction of the INVITE, later of the BYE. */
  tx = 0;
  dialog: Dialog | undefined;
  /** Number of the MSRP session. */
  msrp = 0;
  /** What the client's answer accepts (A19). */
  accepts: AcceptJudge | undefined;
  /** SENDs without their settlement. */
  inFlight = 0;
  /** Deferred messages that this session delivered. */
  settled = 0;
  /** Rows that this session took and did not deliver: they wait again when it is over. */
  readonly heldBack: number[] = [];
  /** What it delivered and may still have to take back (A17). */
  readonly grace = new GraceRows();
  /** What was sent without asking for confirmation, each with the instant of its last octet: delivered if nothing speaks against it. */
  readonly unsure = new GraceRows();
  /** Runs while there are such rows; -1 if it does not. */
  quietTimer = -1;
  /** The row whose SEND waits for the station; 0 if none. One at a time, so that the order of receipt holds (A16). */
  atStation = 0;
  /** Rows are being offered: what that leads to does not start it again. */
  pumping = false;
  /** The client's path has relays in it: a 200 comes from the next hop alone, so success REPORTs are asked for (A17). */
  relayed = false;
  /** SIP status of the end, for the observation: 200, or what went wrong. */
  status = 0;
  /** The guard against a client that answers nothing; -1 if it does not run. */
  guardTimer = -1;
  /** The client has the INVITE: a provisional response other than 100 came. */
  rings = false;
  /** She registered after the INVITE left. Without an answer, the INVITE may have gone to a binding that is no more. */
  registeredSince = false;
  /** She registered while the session ran: what it passed over is tried once more after it (R13 forbids it before). */
  toReconsider = false;
  /** The MSRP session has ended by itself. */
  msrpOver = false;
  /** Wrapper under which a row that is under way was sent. */
  readonly wrapperOf = new Map<number, Wrapper>();

  constructor(
    /** Number of the session in the run. */
    readonly push: number,
    readonly user: number,
    readonly triggeredAtNs: number,
    /** The session id of our MSRP URI. */
    readonly localUri: string,
    readonly invitedAtNs: number,
  ) {}
}
