/** All pairs of senders and recipients between whom a Large Message or a session exists (`large-pair.ts`). */
import { assert } from '../../../sim/kernel/assert.js';
import { LargePair } from './large-pair.js';

const PAIR_SCALE = 0x1000000;
const NOBODY: readonly LargePair[] = [];

function keyOf(sender: number, recipient: number, anonymous: boolean): number {
  return (sender * PAIR_SCALE + recipient) * 2 + (anonymous ? 1 : 0);
}

export class LargePairs {
  private readonly pairs = new Map<number, LargePair>();
  private readonly byNumber = new Map<number, LargePair>();
  private readonly bySender = new Map<number, LargePair[]>();
  private next = 0;

  /** The pair of `sender` and `recipient` for what is anonymous, or is not, made if there is none. */
  between(sender: number, recipient: number, anonymous: boolean): LargePair {
    const key = keyOf(sender, recipient, anonymous);
    let pair = this.pairs.get(key);
    if (pair !== undefined) return pair;
    pair = new LargePair(this.next++, sender, recipient, anonymous);
    this.pairs.set(key, pair);
    this.byNumber.set(pair.number, pair);
    const list = this.bySender.get(sender);
    if (list === undefined) this.bySender.set(sender, [pair]);
    else list.push(pair);
    return pair;
  }

  /** The pair of this number, which timers, tokens and tags carry. */
  at(number: number): LargePair | undefined {
    return this.byNumber.get(number);
  }

  /** Those of one sender; a copy, so that they may be forgotten while it is walked. */
  of(sender: number): readonly LargePair[] {
    return this.bySender.get(sender)?.slice() ?? NOBODY;
  }

  forget(pair: LargePair): void {
    assert(pair.timer === -1 && pair.dialog === undefined, 'a session is forgotten before its end');
    this.pairs.delete(keyOf(pair.sender, pair.recipient, pair.anonymous));
    this.byNumber.delete(pair.number);
    const list = this.bySender.get(pair.sender) ?? [];
    list.splice(list.indexOf(pair), 1);
    if (list.length === 0) this.bySender.delete(pair.sender);
  }
}
