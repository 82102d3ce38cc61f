/** The MSRP endpoint of the IM Server: one driver for both legs, push sessions and Large Message sessions. */
import type { Ports } from '../../sim/host/ports.js';
import { MsrpDriver } from '../msrp/driver.js';
import type { MsrpOwner } from '../msrp/owner.js';
import { TwoOwners } from '../msrp/two-owners.js';
import type { ImServerConfig } from './config.js';
import { ImTimer } from './timers.js';

/** Who owns a session: the owner's number for `tagOf`. */
export const Leg = { push: 0, large: 1 } as const;

export class MsrpDesk {
  readonly driver: MsrpDriver;
  private readonly owners = new TwoOwners();

  constructor(ports: Ports, config: ImServerConfig) {
    const { push, large } = config;
    this.driver = new MsrpDriver(ports, ImTimer.msrp, ports.random.stream('im-server/msrp'), this.owners, {
      chunkOctets: push.chunkOctets,
      windowTransactions: push.windowSends,
      transactionTimeoutNs: push.sendTimeoutNs,
      partialTimeoutNs: large.partialLimitNs,
      resumeWindowNs: large.resumeWindowNs,
      afterByeNs: large.resumeWindowNs,
      maxMessageOctets: large.messageOctets,
      maxPartialOctets: large.reassemblyOctets,
    });
  }

  /** The owners of the two legs; their methods get the number of their session as tag. */
  serve(push: MsrpOwner, large: MsrpOwner): void {
    this.owners.serve(push, large);
  }
}
