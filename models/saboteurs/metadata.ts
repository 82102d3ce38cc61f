/**
 * Saboteurs of the metadata in IM XDMS (S7): entries that outlive their message, that were never written, and that were refused once
 * and never written again. The last two show only while the messages wait.
 */
import type { Conn, Ports } from '../../sim/host/ports.js';
import { MetadataKeeper } from '../im-server/metadata/metadata.js';
import { Xdms } from '../xdms/xdms.js';
import type { XdmsConfig } from '../xdms/config.js';
import type { Saboteur } from './saboteur.js';
import { serverWith } from './servers.js';

class ForgetfulKeeper extends MetadataKeeper {
  override onLeft(): void {
    // The entry of a message that left stays.
  }
}

class SilentKeeper extends MetadataKeeper {
  override onKept(): void {
    // The entry of a message that was stored is never written.
  }
}

class FaintHeartedKeeper extends MetadataKeeper {
  protected override failed(): void {
    // What was refused is not tried again.
  }
}

/** An XDMS that takes every other PUT of a node for a method that it does not know: refused, and harmless to a sane server. */
class FickleXdms extends Xdms {
  private puts = 0;

  override onTcpData(conn: Conn, buf: Buffer, start: number, end: number): void {
    const text = buf
      .latin1Slice(start, end)
      .replace(/PUT (?=\/\S+history%5b)/g, (method) => (++this.puts % 2 === 0 ? 'PAT ' : method));
    super.onTcpData(conn, Buffer.from(text, 'latin1'), 0, text.length);
  }
}

export function fickleXdms(ports: Ports, config: XdmsConfig): Xdms {
  return new FickleXdms(ports, config);
}

export const metadataSaboteurs: readonly Saboteur[] = [
  {
    name: 'keeps-metadata',
    title: 'the metadata of a message that left are not deleted',
    caughtBy: 'I10',
    server: serverWith({ metadata: (...args) => new ForgetfulKeeper(...args) }),
  },
  {
    name: 'writes-no-metadata',
    title: 'the metadata of a stored message are never written',
    caughtBy: 'I10',
    shownByWaiting: true,
    server: serverWith({ metadata: (...args) => new SilentKeeper(...args) }),
  },
  {
    name: 'never-retries-metadata',
    title: 'metadata that the IM XDMS refused are not written again; the IM XDMS refuses some',
    caughtBy: 'I10',
    shownByWaiting: true,
    server: serverWith({ metadata: (...args) => new FaintHeartedKeeper(...args) }),
    xdms: fickleXdms,
  },
];
