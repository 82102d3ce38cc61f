/**
 * Settlement by silence (A15, A17, rules 3.5): where a SEND asks for no confirmation, it counts as delivered once nothing has spoken
 * against it for as long as the wait for a 200 would be. One timer for each session, for the oldest of such SENDs.
 *
 * Not decided here: which SENDs these are, and what delivery means for the deferred message (`push-outcomes.ts`).
 */
import type { Ports } from '../../../sim/host/ports.js';
import type { PushOutcomes } from './push-outcomes.js';
import type { PushSession } from './push-session.js';
import { ImTimer } from '../timers.js';

export class QuietSettlement {
  constructor(
    private readonly ports: Ports,
    /** How long silence must last. */
    private readonly quietNs: number,
    private readonly outcomes: PushOutcomes,
  ) {}

  /** All octets of a SEND that gets no 200 are handed to TCP. */
  written(session: PushSession, row: number): void {
    session.unsure.push(row, this.ports.now());
    this.wait(session);
  }

  /**
   * The session's timer fired: nothing spoke against what was sent so long ago. `held`: TCP still holds octets that did not arrive, of
   * which silence says nothing, so that the message waits again. Later SENDs have their own time before BYE (A15).
   */
  fired(session: PushSession, held: boolean): void {
    session.quietTimer = -1;
    const sinceNs = this.ports.now() - this.quietNs;
    const { unsure, heldBack } = session;
    while (unsure.oldestNs() <= sinceNs) {
      const row = unsure.shift();
      if (held) heldBack.push(row);
      else this.outcomes.delivered(session, row);
    }
    this.wait(session);
  }

  /** The session is over: what nobody could speak against any more waits again. */
  doubt(session: PushSession): void {
    const { unsure, heldBack } = session;
    while (unsure.count > 0) heldBack.push(unsure.shift());
    if (session.quietTimer >= 0) this.ports.timer.cancel(session.quietTimer);
    session.quietTimer = -1;
  }

  private wait(session: PushSession): void {
    if (session.quietTimer >= 0 || session.unsure.count === 0) return;
    const { ports } = this;
    const untilNs = session.unsure.oldestNs() + this.quietNs;
    session.quietTimer = ports.timer.after(untilNs - ports.now(), ImTimer.pushQuiet, session.push, 0);
  }
}
