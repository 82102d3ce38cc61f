/**
 * What is finished in sessions that the peer ended, for a while (R15). BYE says that a session is over and not why: a sender whose connection
 * broke says it too (RFC 4975 section 5.4), once her link is back perhaps, and this side may have seen nothing of the failure. She then sends
 * again, under the same Message-ID, what was never confirmed to her, and the receiver is to take that for a duplicate.
 *
 * Only Message-IDs count that are long enough to be random: who ends a session cleanly may use a short one for another message.
 */
import { MsrpStatus } from '../codes.js';
import type { IdMemory } from './id-memory.js';

/** Shortest Message-ID that is taken to be random (R1, R2): a shorter one may stand for other messages in other sessions. */
export const GOOD_ID_OCTETS = 11;
/** A remembered id whose message waits for the owner's answer: duplicates are answered when it is. */
export const ID_PENDING = 0;

/** How a message ended by `ids`, as far as it says anything to another session: 200 or {@link ID_PENDING}; -1 for a refusal too. */
export function finishedIn(ids: IdMemory, buf: Buffer, start: number, end: number): number {
  const status = ids.look(buf, start, end);
  return status === MsrpStatus.ok || status === ID_PENDING ? status : -1;
}

export class AfterBye {
  /** By peer key; those that are forgotten first come first. */
  private readonly byPeer = new Map<string, { readonly ids: IdMemory; readonly untilNs: number }>();

  constructor(private readonly windowNs: number) {}

  /** A session of this peer key has ended, by BYE with `ids` of its own, or otherwise with what it had from here. */
  keep(peerKey: string, ids: IdMemory, nowNs: number): void {
    if (this.windowNs === 0 || peerKey === '' || ids.empty) return;
    for (const [key, { untilNs }] of this.byPeer) {
      if (untilNs > nowNs) break;
      this.byPeer.delete(key);
    }
    const before = this.byPeer.get(peerKey);
    if (before !== undefined && before.ids !== ids) before.ids.add(ids, nowNs);
    this.byPeer.delete(peerKey);
    this.byPeer.set(peerKey, { ids: before?.ids ?? ids, untilNs: nowNs + this.windowNs });
  }

  /** What the ended sessions of this peer key remember; undefined if there is nothing. */
  of(peerKey: string, nowNs: number): IdMemory | undefined {
    const kept = this.byPeer.get(peerKey);
    return kept !== undefined && kept.untilNs > nowNs ? kept.ids : undefined;
  }
}
