/** How saboteurs make an IM Server with one part exchanged, or one that misreads what it receives. */
import type { ActorFactory, Block } from '../../sim/host/ports.js';
import type { ImServerConfig } from '../im-server/config.js';
import type { HeaderClass } from '../im-server/store/header-classes.js';
import { Column, HeaderPolicy } from '../im-server/store/header-policy.js';
import { BUILT_IN_PARTS, type ImServerParts } from '../im-server/parts.js';
import { ImServer } from '../im-server/server.js';
import { blockOf } from './tampering.js';

export type ServerFactory = ActorFactory<ImServerConfig>;

/** An IM Server with these parts in the place of its own. */
export function serverWith(parts: Partial<ImServerParts>): ServerFactory {
  return (ports, config) => new ImServer(ports, config, { ...BUILT_IN_PARTS, ...parts });
}

/** What a bent policy says of a line, or undefined if it says what the table says. */
type Bend = (column: Column, headerClass: HeaderClass, anonymous: boolean) => boolean | undefined;

class BentPolicy extends HeaderPolicy {
  constructor(private readonly bend: Bend) {
    super();
  }

  override keeps(column: Column, headerClass: HeaderClass, anonymous: boolean): boolean {
    return this.bend(column, headerClass, anonymous) ?? super.keeps(column, headerClass, anonymous);
  }
}

/** An IM Server whose header policy is bent. */
export function serverThatKeeps(bend: Bend): ServerFactory {
  return serverWith({ policy: () => new BentPolicy(bend) });
}

/** True if `column` is one of a push. */
export function isPushed(column: Column): boolean {
  return column === Column.sip || column === Column.sipfrag;
}

class Misreader extends ImServer {
  constructor(
    private readonly own: ConstructorParameters<typeof ImServer>[0],
    config: ImServerConfig,
    private readonly misread: (text: string) => string,
  ) {
    super(own, config);
  }

  override onDatagram(
    local: number,
    fromIp: number,
    fromPort: number,
    toPort: number,
    block: Block,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    const text = buf.latin1Slice(start, end);
    const misread = text.startsWith('MESSAGE ') ? this.misread(text) : text;
    if (misread === text) {
      super.onDatagram(local, fromIp, fromPort, toPort, block, buf, start, end);
      return;
    }
    const { octets } = this.own;
    const other = blockOf(octets, misread);
    const at = octets.start(other);
    super.onDatagram(local, fromIp, fromPort, toPort, other, octets.buf, at, at + misread.length);
    octets.release(other);
  }
}

/** An IM Server that takes each MESSAGE for what `misread` makes of it; the function is made anew for each server. */
export function serverThatMisreads(misreader: () => (text: string) => string): ServerFactory {
  return (ports, config) => new Misreader(ports, config, misreader());
}
