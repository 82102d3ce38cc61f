/**
 * What is the matter with each link: whether its directions are down, by how many holders, and which changes of its profile are in
 * force. One octet for each link; everything else is sparse.
 *
 * Not here: who takes a link down or changes it (`sim/faults`), and what that does to a packet (`link.ts`).
 */
import { assert } from '../kernel/assert.js';
import type { ProfileTable } from './profile-table.js';

/** The direction is in the bad state of Gilbert and Elliott. */
export const OUT_BAD = 4;
export const IN_BAD = 8;
const CHANGED = 16;

export class LinkStates {
  /** By link: the directions that are down (`LinkBits`), those in the bad state, and `CHANGED`. */
  bits = new Uint8Array(0);
  /** Changes in force on a link, in order, and the profile that they make. Sparse. */
  private readonly changesOf = new Map<number, number[]>();
  private readonly changedProfile = new Map<number, number>();
  /** Holders of a down bit beyond the first, by link * 4 + bit. Sparse. */
  private readonly moreDown = new Map<number, number>();

  constructor(private readonly table: ProfileTable) {}

  /** Makes room for `count` links; those there are stay as they are. */
  grow(count: number): void {
    const bits = new Uint8Array(count);
    bits.set(this.bits);
    this.bits = bits;
  }

  /** Takes directions down, or gives back one that was taken down before. A link is up once every holder gave back. */
  hold(link: number, directions: number, down: boolean): void {
    for (let bit = 1; bit <= 2; bit <<= 1) {
      if ((directions & bit) === 0) continue;
      const key = link * 4 + bit;
      const more = this.moreDown.get(key) ?? 0;
      if (down) {
        if ((this.bits[link] & bit) !== 0) this.moreDown.set(key, more + 1);
        this.bits[link] |= bit;
      } else {
        assert((this.bits[link] & bit) !== 0, 'a link that is up cannot be taken up');
        if (more === 0) this.bits[link] &= ~bit;
        else if (more === 1) this.moreDown.delete(key);
        else this.moreDown.set(key, more - 1);
      }
    }
  }

  /** Puts a change of the profile `base` in force on this link, after those that are, or takes it back. */
  change(link: number, base: number, change: number, inForce: boolean): void {
    const changes = this.changesOf.get(link) ?? [];
    if (inForce) changes.push(change);
    else {
      const at = changes.indexOf(change);
      assert(at >= 0, 'taking back a change that is not in force');
      changes.splice(at, 1);
    }
    if (changes.length === 0) {
      this.changesOf.delete(link);
      this.changedProfile.delete(link);
      this.bits[link] &= ~CHANGED;
      return;
    }
    this.changesOf.set(link, changes);
    this.changedProfile.set(link, this.table.after(base, changes));
    this.bits[link] |= CHANGED;
  }

  /** The number of the profile in force on this link, which is `base` if nothing changed it. */
  profileNumber(link: number, base: number): number {
    if ((this.bits[link] & CHANGED) === 0) return base;
    return this.changedProfile.get(link) ?? 0;
  }
}
