/** Bugs that make one message two (RFC 3261 section 17.2, A11). Caught by I8. */
import type { Ports } from '../../sim/host/ports.js';
import type { ClientFleetConfig } from '../client/config.js';
import { ImClientFleet } from '../client/fleet.js';
import { Inbox } from '../client/reception/inbox.js';
import { Push } from '../im-server/push/push.js';
import { MsrpStatus } from '../msrp/codes.js';
import type { Saboteur } from './saboteur.js';
import { serverThatMisreads, serverWith } from './servers.js';

const storesTwice: Saboteur = {
  name: 'stores-twice',
  title: 'a retransmitted MESSAGE is taken for a new one',
  caughtBy: 'I8',
  server: serverThatMisreads(() => {
    const seen = new Map<string, number>();
    return (text) => {
      const times = (seen.get(text) ?? 0) + 1;
      seen.set(text, times);
      if (times === 1) return text;
      // Another branch and another CSeq: another request, as far as transactions can tell.
      return text
        .replace(/;branch=z9hG4bK/, `;branch=z9hG4bKagain${times}`)
        .replace(/\r\nCSeq: [0-9]+/, `\r\nCSeq: ${100 + times}`);
    };
  }),
};

class ForgetfulInbox extends Inbox {
  protected override pushIdSeen(): boolean {
    return false;
  }

  protected override keySeen(): boolean {
    return false;
  }
}

class ForgetfulFleet extends ImClientFleet {
  protected override makeInbox(): Inbox {
    const { ports, table, devices } = this.context;
    return new ForgetfulInbox(ports, table, devices);
  }
}

/** Hears the first 200 to a SEND as silence, so that the message is pushed again: legal, since the answer could have been lost. */
class HardOfHearingPush extends Push {
  private readonly asked = new Set<number>();

  override onSettled(msrp: number, tag: number, row: number, status: number): void {
    const dm = this.index.dm[row];
    const deaf = status === MsrpStatus.ok && !this.asked.has(dm);
    this.asked.add(dm);
    super.onSettled(msrp, tag, row, deaf ? MsrpStatus.timeout : status);
  }
}

/** An IM Server that pushes each message at least twice; sane clients do not mind. */
export const serverThatPushesAgain: NonNullable<Saboteur['server']> = serverWith({
  push: (...args) => new HardOfHearingPush(...args),
});

const forgetsWhatItShowed: Saboteur = {
  name: 'forgets-what-it-showed',
  title: 'clients do not remember push Message-IDs; the server pushes each message again',
  caughtBy: 'I8',
  server: serverThatPushesAgain,
  clients: (ports: Ports, config: ClientFleetConfig) => new ForgetfulFleet(ports, config),
};

export const twiceSaboteurs: readonly Saboteur[] = [storesTwice, forgetsWhatItShowed];
