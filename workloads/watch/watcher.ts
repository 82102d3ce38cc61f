/**
 * Watchers: what looks on at a run besides recorder and invariants (a capture, a ladder). They see the same observations and change
 * nothing, so a run with watchers has the fingerprint of the run without.
 */
import type { World } from '../../sim/world.js';
import type { Cell } from '../cell.js';

export interface Watcher {
  /** Subscribes to a world that has not started yet. */
  attach(world: World, cell: Cell): void;
  /** The run is over, or was broken off. */
  finish(): void;
}
