/** The MSRP endpoint of the fleet: one driver for all sessions, those that clients are invited to and those that they open. */
import type { Ports } from '../../sim/host/ports.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import { MsrpDriver } from '../msrp/driver.js';
import type { MsrpOwner } from '../msrp/owner.js';
import { TwoOwners } from '../msrp/two-owners.js';
import { FleetTimer } from './context.js';

/** Who owns a session: the owner's number for `tagOf`. */
export const Side = { invited: 0, opened: 1 } as const;

/** Partials and finished ids of a session that failed are kept so long for a replacement (R15). */
export const RESUME_WINDOW_NS = 120 * NS_PER_S;

export class MsrpDesk {
  readonly driver: MsrpDriver;
  private readonly owners = new TwoOwners();

  constructor(ports: Ports) {
    this.driver = new MsrpDriver(ports, FleetTimer.msrp, ports.random.stream('client msrp'), this.owners, {
      resumeWindowNs: RESUME_WINDOW_NS,
    });
  }

  /** The two owners; their methods get the number of their session as tag. */
  serve(invited: MsrpOwner, opened: MsrpOwner): void {
    this.owners.serve(invited, opened);
  }
}
