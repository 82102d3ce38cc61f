/** Bugs at the end of a push session (P9, A15). Caught by I13. */
import { Push } from '../im-server/push/push.js';
import { PushPhase, type PushSession } from '../im-server/push/push-session.js';
import type { Saboteur } from './saboteur.js';
import { serverWith } from './servers.js';

class PushWithBye extends Push {
  protected sessionOfRow(row: number): PushSession | undefined {
    const user = this.index.user[row];
    for (const session of this.sessions.values()) {
      if (session.user === user && session.phase === PushPhase.pushing) return session;
    }
    return undefined;
  }
}

class ImpatientPush extends PushWithBye {
  override onSendServed(row: number): void {
    super.onSendServed(row);
    const session = this.sessionOfRow(row);
    if (session === undefined) return;
    session.phase = PushPhase.leaving;
    this.signalling.bye(session);
  }
}

const leavesUnsettled: Saboteur = {
  name: 'leaves-unsettled',
  title: 'BYE leaves right after the first SEND',
  caughtBy: 'I13',
  server: serverWith({ push: (...args) => new ImpatientPush(...args) }),
};

class AfterthoughtPush extends PushWithBye {
  private readonly left = new Set<number>();

  override onSendServed(row: number): void {
    const session = this.sessionOfRow(row);
    if (session !== undefined && !this.left.has(session.push)) {
      this.left.add(session.push);
      this.signalling.bye(session);
    }
    super.onSendServed(row);
  }
}

const sendsAfterBye: Saboteur = {
  name: 'sends-after-bye',
  title: 'SENDs leave after BYE',
  caughtBy: 'I13',
  server: serverWith({ push: (...args) => new AfterthoughtPush(...args) }),
};

export const byeSaboteurs: readonly Saboteur[] = [leavesUnsettled, sendsAfterBye];
