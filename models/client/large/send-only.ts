/** The owner of MSRP sessions in which nothing is received: they were offered `sendonly`. */
import { MsrpStatus } from '../../msrp/codes.js';
import type { MsrpOwner } from '../../msrp/owner.js';

export abstract class SendOnly implements MsrpOwner {
  abstract onBound(session: number, tag: number): void;
  abstract onSettled(
    session: number,
    tag: number,
    token: number,
    status: number,
    acceptedOctets?: number,
  ): void;
  abstract onEnded(session: number, tag: number): void;

  judgeMessage(): number {
    return MsrpStatus.forbidden;
  }

  onMessage(): number {
    return MsrpStatus.forbidden;
  }

  onSent(): void {
    // Settlement is what counts.
  }
}
