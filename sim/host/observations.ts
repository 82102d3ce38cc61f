/**
 * The hub of observations: what models and the network tap emit goes to the subscribers of its kind, and into the fingerprint.
 *
 * Kinds below {@link TAP_KINDS_FROM} are mixed into the fingerprint whether or not somebody listens (of octets, only the
 * length: they enter it when they are emitted on the network). The tap's own kinds are not, so that capturing a run does not
 * change its fingerprint. Subscribers register before the run starts.
 */
import { assert } from '../kernel/assert.js';
import type { Fingerprint } from '../kernel/fingerprint.js';
import type { Kernel } from '../kernel/kernel.js';
import type { ObservePort, Octets } from './ports.js';

/** Kinds from here up are the network's, see `Tap`. */
export const TAP_KINDS_FROM = 50;
/** Kinds are below this. */
export const OBSERVATION_KINDS = 72;

/**
 * Gets each observation of the kinds it subscribed to. After `emit`, `start` and `end` are 0; after `emitOctets`, `b` is 0 and
 * octets [start, end) of `buf` are valid during the call only. It must not call back into the world.
 */
export type ObservationHandler = (
  kind: number,
  entity: number,
  message: number,
  a: number,
  b: number,
  buf: Buffer,
  start: number,
  end: number,
) => void;

export class ObservationHub implements ObservePort {
  /** 1 for each kind that somebody listens to. */
  readonly wanted = new Uint8Array(OBSERVATION_KINDS);
  private readonly handlers: ObservationHandler[][] = [];
  private closed = false;

  constructor(
    private readonly kernel: Kernel,
    private readonly fingerprint: Fingerprint,
    private readonly octets: Octets,
  ) {
    for (let kind = 0; kind < OBSERVATION_KINDS; kind++) this.handlers.push([]);
  }

  /** Calls `handler` for each observation of `kind`, in order of subscription. */
  subscribe(kind: number, handler: ObservationHandler): void {
    assert(!this.closed, 'a subscription after the start of the run');
    assert(kind >= 0 && kind < OBSERVATION_KINDS, 'an observation kind out of range');
    this.handlers[kind].push(handler);
    this.wanted[kind] = 1;
  }

  /** Ends the time for subscribing. */
  close(): void {
    this.closed = true;
  }

  wants(kind: number): boolean {
    return this.wanted[kind] !== 0;
  }

  emit(kind: number, entity: number, message: number, a: number, b: number): void {
    if (kind < TAP_KINDS_FROM) this.mix(kind, entity, message, a, b);
    if (this.wanted[kind] === 0) return;
    const handlers = this.handlers[kind];
    const { buf } = this.octets;
    for (let i = 0; i < handlers.length; i++) handlers[i](kind, entity, message, a, b, buf, 0, 0);
  }

  emitOctets(
    kind: number,
    entity: number,
    message: number,
    a: number,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    if (kind < TAP_KINDS_FROM) this.mix(kind, entity, message, a, end - start);
    if (this.wanted[kind] === 0) return;
    const handlers = this.handlers[kind];
    for (let i = 0; i < handlers.length; i++) handlers[i](kind, entity, message, a, 0, buf, start, end);
  }

  private mix(kind: number, entity: number, message: number, a: number, b: number): void {
    const { fingerprint } = this;
    fingerprint.advance(this.kernel.nowNs);
    fingerprint.word(kind);
    fingerprint.word(entity);
    fingerprint.word(message);
    fingerprint.integer(a);
    fingerprint.integer(b);
  }
}
