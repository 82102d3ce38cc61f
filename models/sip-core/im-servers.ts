/**
 * The IM Servers of a deployment as the Core sees them: initial filter criteria send everything that concerns a served user to her
 * instance of the cluster, which a hash of the user names. The same for every request and for the whole run.
 *
 * Not modelled: an instance that takes over the users of another, weights, a criterion other than the user.
 */
import { imServerHost, imServerIp, instanceOf } from '../addressing.js';

export class ImServers {
  /** Host names, by instance. */
  readonly hosts: readonly string[];
  private readonly first: number;
  private readonly others: number;

  /** `instances` from 1 up. */
  constructor(private readonly instances: number) {
    this.hosts = Array.from({ length: instances }, (_, instance) => imServerHost(instance));
    this.first = imServerIp(0);
    this.others = imServerIp(1);
  }

  /** True if one of them has this address. */
  has(ip: number): boolean {
    return ip === this.first || (ip >= this.others && ip < this.others + this.instances - 1);
  }

  /** The instance of `user`, from 0. */
  instanceOf(user: number): number {
    return instanceOf(user, this.instances);
  }

  /** The address of the instance of `user`. */
  ipFor(user: number): number {
    return imServerIp(instanceOf(user, this.instances));
  }
}
