/**
 * One MSRP endpoint for both legs: push sessions and Large Message sessions share port and connections (RFC 4975 section 5.4), so
 * one driver serves them, and the tag of a session says whose it is.
 */
import type { Ports } from '../../sim/host/ports.js';
import { assert } from '../../sim/kernel/assert.js';
import type { SessionEnd } from '../msrp/codes.js';
import { MsrpDriver, type MsrpOwner } from '../msrp/driver.js';
import type { ReceivedMessage } from '../msrp/received-message.js';
import type { ImServerConfig } from './config.js';
import { ImTimer } from './timers.js';

/** Who owns a session; the lowest bit of its tag. */
export const Leg = { push: 0, large: 1 } as const;

/** The tag of the owner's session `number`. */
export function tagOf(leg: number, number: number): number {
  return number * 2 + leg;
}

export class MsrpDesk implements MsrpOwner {
  readonly driver: MsrpDriver;
  private push: MsrpOwner | undefined;
  private large: MsrpOwner | undefined;

  constructor(ports: Ports, config: ImServerConfig) {
    const { push, large } = config;
    this.driver = new MsrpDriver(ports, ImTimer.msrp, ports.random.stream('im-server/msrp'), this, {
      chunkOctets: push.chunkOctets,
      windowTransactions: push.windowSends,
      transactionTimeoutNs: push.sendTimeoutNs,
      partialTimeoutNs: large.partialLimitNs,
      resumeWindowNs: large.resumeWindowNs,
      maxMessageOctets: large.messageOctets,
      maxPartialOctets: large.reassemblyOctets,
    });
  }

  /** The owners of the two legs; their methods get the number of their session as tag. */
  serve(push: MsrpOwner, large: MsrpOwner): void {
    this.push = push;
    this.large = large;
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

  onSettled(session: number, tag: number, token: number, status: number): void {
    this.ownerOf(tag).onSettled(session, numberOf(tag), token, status);
  }

  onLateFailure(session: number, tag: number, token: number, status: number): void {
    this.ownerOf(tag).onLateFailure?.(session, numberOf(tag), token, status);
  }

  onEnded(session: number, tag: number, reason: SessionEnd): void {
    this.ownerOf(tag).onEnded(session, numberOf(tag), reason);
  }

  private ownerOf(tag: number): MsrpOwner {
    const owner = tag % 2 === Leg.large ? this.large : this.push;
    assert(owner !== undefined, 'an MSRP session before the server was put together');
    return owner;
  }
}

function numberOf(tag: number): number {
  return Math.floor(tag / 2);
}
