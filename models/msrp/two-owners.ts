/**
 * Two owners of sessions behind one MSRP endpoint: they share a port and its connections (RFC 4975 section 5.4), so one driver serves
 * both, and the lowest bit of a session's tag says whose it is. Each owner sees the numbers of its own sessions as tags.
 */
import { assert } from '../../sim/kernel/assert.js';
import type { SessionEnd } from './codes.js';
import type { MsrpOwner } from './owner.js';
import type { ReceivedMessage } from './receiving/received-message.js';

/** The tag of session `number` of owner 0 or 1. */
export function tagOf(owner: 0 | 1, number: number): number {
  return number * 2 + owner;
}

export class TwoOwners implements MsrpOwner {
  private owners: readonly MsrpOwner[] = [];

  /** The two owners, once they are made; before that no session may be opened. */
  serve(zero: MsrpOwner, one: MsrpOwner): void {
    this.owners = [zero, one];
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

  onLateFailure(session: number, tag: number, token: number, status: number): void {
    this.ownerOf(tag).onLateFailure?.(session, numberOf(tag), token, status);
  }

  onQuiet(session: number, tag: number): void {
    this.ownerOf(tag).onQuiet?.(session, numberOf(tag));
  }

  onEnded(session: number, tag: number, reason: SessionEnd): void {
    this.ownerOf(tag).onEnded(session, numberOf(tag), reason);
  }

  private ownerOf(tag: number): MsrpOwner {
    const owner = this.owners[tag % 2];
    assert(owner !== undefined, 'an MSRP session before its owners were made');
    return owner;
  }
}

function numberOf(tag: number): number {
  return Math.floor(tag / 2);
}
