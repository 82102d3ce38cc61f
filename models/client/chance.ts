/**
 * The chance of a single client: decisions addressed by (purpose, user, ordinal), so that an idle client holds no state for it
 * and a new draw for one client never shifts that of another (`docs/architecture.md`, "Time and chance").
 */
import type { RandomPort, RandomStream } from '../../sim/host/ports.js';

/** Purposes of addressed chance; the numbers are this fleet's own. */
export const Draw = {
  instance: 0x0c11_0001,
  firstRegister: 0x0c11_0002,
  reconnect: 0x0c11_0003,
  backoff: 0x0c11_0004,
  keepAlive: 0x0c11_0005,
  stunId: 0x0c11_0006,
  registerCallId: 0x0c11_0007,
  registerTag: 0x0c11_0008,
  messageCallId: 0x0c11_0009,
  messageTag: 0x0c11_000a,
  messageHeaders: 0x0c11_000b,
  sessionId: 0x0c11_000c,
  largeCallId: 0x0c11_000d,
  largeTag: 0x0c11_000e,
  largeMessageId: 0x0c11_000f,
  largeBackoff: 0x0c11_0010,
  fetch: 0x0c11_0011,
  discard: 0x0c11_0012,
  notification: 0x0c11_0013,
  imdnId: 0x0c11_0014,
} as const;

const TWO_TO_32 = 4294967296;

/** A whole number uniform in [low, high], spread over the range by 32 bits of chance. */
export function uniformBetween(bits: number, low: number, high: number): number {
  return low + Math.floor(((bits >>> 0) / TWO_TO_32) * (high - low + 1));
}

/** A stream whose draws are addressed: draw n of an entity depends on nothing but (purpose, entity, n). Reuse one object. */
export class AddressedStream implements RandomStream {
  private readonly random: RandomPort;
  private readonly purpose: number;
  private entity = 0;
  private ordinal = 0;

  constructor(random: RandomPort, purpose: number) {
    this.random = random;
    this.purpose = purpose;
  }

  /** Goes to draw `ordinal` of `entity`. */
  at(entity: number, ordinal: number): this {
    this.entity = entity;
    this.ordinal = ordinal;
    return this;
  }

  uniform(): number {
    return (this.int32() >>> 0) / TWO_TO_32;
  }

  below(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  int32(): number {
    return this.random.addressed(this.purpose, this.entity, this.ordinal++);
  }
}
