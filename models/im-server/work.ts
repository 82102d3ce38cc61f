/**
 * The desk between the server's procedures and its CPU station: what is to be done waits there for service and comes back with
 * the integer that names it. With work that costs nothing it comes back within the call.
 */
import type { CpuPort } from '../../sim/host/ports.js';
import type { ImServerWork } from './config.js';

const KINDS = 8;

export class WorkDesk {
  constructor(
    private readonly cpu: CpuPort,
    private readonly perform: (kind: ImServerWork, value: number) => void,
  ) {}

  /** Asks for service; false if the station's queue is full. `value` is a non-negative integer. */
  spend(kind: ImServerWork, octets: number, value: number): boolean {
    return this.cpu.spend(kind, octets, value * KINDS + kind);
  }

  /** From `Actor.onServed`. */
  onServed(token: number): void {
    const value = Math.floor(token / KINDS);
    this.perform((token - value * KINDS) as ImServerWork, value);
  }
}
