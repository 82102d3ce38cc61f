/**
 * One MSRP endpoint for all sessions of the fleet, those it is invited to and those it opens: they share the port, so one driver
 * serves them, and the lowest bit of a session's tag says whose it is.
 */
import type { Ports } from '../../sim/host/ports.js';
import { assert } from '../../sim/kernel/assert.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import type { SessionEnd } from '../msrp/codes.js';
import { MsrpDriver, type MsrpOwner } from '../msrp/driver.js';
import type { ReceivedMessage } from '../msrp/received-message.js';
import { FleetTimer } from './context.js';

/** Who owns a session. */
export const Side = { invited: 0, opened: 1 } as const;

/** Partials and finished ids of a session that failed are kept so long for a replacement (R15). */
export const RESUME_WINDOW_NS = 120 * NS_PER_S;

/** The tag of session `number` of this owner. */
export function tagOf(side: number, number: number): number {
  return number * 2 + side;
}

export class MsrpDesk implements MsrpOwner {
  readonly driver: MsrpDriver;
  private invited: MsrpOwner | undefined;
  private opened: MsrpOwner | undefined;

  constructor(ports: Ports) {
    this.driver = new MsrpDriver(ports, FleetTimer.msrp, ports.random.stream('client msrp'), this, {
      resumeWindowNs: RESUME_WINDOW_NS,
    });
  }

  /** The two owners; their methods get the number of their session as tag. */
  serve(invited: MsrpOwner, opened: MsrpOwner): void {
    this.invited = invited;
    this.opened = opened;
  }

  judgeMessage(
    session: number,
    tag: number,
    buf: Buffer,
    typeStart: number,
    typeEnd: number,
    totalOctets: number,
  ): number {
    return this.ownerOf(tag).judgeMessage(session, numberOf(tag), buf, typeStart, typeEnd, totalOctets);
  }

  onMessage(session: number, tag: number, message: ReceivedMessage): number {
    return this.ownerOf(tag).onMessage(session, numberOf(tag), message);
  }

  onBound(session: number, tag: number): void {
    this.ownerOf(tag).onBound(session, numberOf(tag));
  }

  onSent(session: number, tag: number, token: number): void {
    this.ownerOf(tag).onSent(session, numberOf(tag), token);
  }

  onSettled(session: number, tag: number, token: number, status: number, acceptedOctets?: number): void {
    this.ownerOf(tag).onSettled(session, numberOf(tag), token, status, acceptedOctets);
  }

  onEnded(session: number, tag: number, reason: SessionEnd): void {
    this.ownerOf(tag).onEnded(session, numberOf(tag), reason);
  }

  private ownerOf(tag: number): MsrpOwner {
    const owner = tag % 2 === Side.opened ? this.opened : this.invited;
    assert(owner !== undefined, 'an MSRP session before the fleet was put together');
    return owner;
  }
}

function numberOf(tag: number): number {
  return Math.floor(tag / 2);
}
