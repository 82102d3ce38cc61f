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
const DEFERRED_FIELDS = 5;
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
  /** Octets that were observed and not handed out yet: entity, message, a, start, end of each, all of {@link deferredKind}. */
  private readonly deferred: number[] = [];
  private deferredCount = 0;
  private deferredKind = 0;
  private deferring = false;

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
    if (this.deferredCount > 0) this.handOut();
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
    if (this.deferredCount > 0) this.handOut();
    if (kind < TAP_KINDS_FROM) this.mix(kind, entity, message, a, end - start);
    if (this.wanted[kind] === 0) return;
    const handlers = this.handlers[kind];
    for (let i = 0; i < handlers.length; i++) handlers[i](kind, entity, message, a, 0, buf, start, end);
  }

  /**
   * As `emitOctets` of octets in the arena, which must not change: between {@link defer} and the next observation of another sort they are
   * kept, and handed out together. Nobody can tell but by the time that it takes: an observer's code runs many times in a row.
   */
  emitLater(kind: number, entity: number, message: number, a: number, start: number, end: number): void {
    if (!this.deferring || kind < TAP_KINDS_FROM) {
      this.emitOctets(kind, entity, message, a, this.octets.buf, start, end);
      return;
    }
    if (this.deferredCount > 0 && this.deferredKind !== kind) this.handOut();
    const { deferred, deferredCount: at } = this;
    this.deferredKind = kind;
    deferred[at] = entity;
    deferred[at + 1] = message;
    deferred[at + 2] = a;
    deferred[at + 3] = start;
    deferred[at + 4] = end;
    this.deferredCount = at + DEFERRED_FIELDS;
  }

  /** Begins to keep what `emitLater` observes; {@link endDefer} must follow before time goes on or such octets may change. */
  defer(): void {
    this.deferring = true;
  }

  /** Hands out what was kept, and goes on as before. */
  endDefer(): void {
    this.deferring = false;
    if (this.deferredCount > 0) this.handOut();
  }

  /** Hands out what was kept. */
  handOut(): void {
    const { deferred, deferredCount: count, deferredKind: kind } = this;
    this.deferredCount = 0;
    const handlers = this.handlers[kind];
    const { buf } = this.octets;
    for (let i = 0; i < count; i += DEFERRED_FIELDS) {
      for (let h = 0; h < handlers.length; h++) {
        handlers[h](
          kind,
          deferred[i],
          deferred[i + 1],
          deferred[i + 2],
          0,
          buf,
          deferred[i + 3],
          deferred[i + 4],
        );
      }
    }
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
