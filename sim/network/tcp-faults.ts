/**
 * What faults do to TCP connections: hosts and addresses that crash, toxics on links, and connections that something on the path cuts. They
 * come seldom and may look at every end of a host.
 *
 * Not here: links that are down, loss and delay (`link.ts`), which TCP meets packet by packet; what a toxic does to a stream
 * (`tcp-stream.ts`).
 */
import type { Conn } from '../host/ports.js';
import type { TcpContext } from './tcp-context.js';
import { type TcpEndpoint, TcpState } from './tcp-endpoint.js';
import { cutConnection, forget } from './tcp-ending.js';
import type { TcpStream } from './tcp-stream.js';
import type { Toxic } from './tcp-toxics.js';

export class TcpFaults {
  constructor(
    private readonly context: TcpContext,
    private readonly stream: TcpStream,
  ) {}

  /** Ends all connections of a host: with RST if its stack lives on (`answering`), else silently. */
  crash(host: number, answering: boolean): void {
    for (const end of this.context.table.ofHost(host)) {
      // An end may go with another one before it in this list.
      if (end.state === TcpState.ghost || end.state === TcpState.free) continue;
      forget(this.context, end, answering);
    }
  }

  /** The same for some addresses of a host; the actor, which lives on, is told of each. */
  crashMembers(
    host: number,
    locals: readonly number[],
    answering: boolean,
    told: (conn: Conn) => void,
  ): void {
    for (const end of this.endsOf(host, locals)) {
      if (end.state === TcpState.ghost || end.state === TcpState.free) continue;
      const { id } = end;
      forget(this.context, end, answering);
      told(id);
    }
  }

  /** Puts a toxic on links of a host: each of `locals`, outwards and inwards as said. Streams count octets from now on. */
  addToxic(host: number, locals: readonly number[], out: boolean, into: boolean, toxic: Toxic): void {
    const { toxics } = this.context;
    for (const local of locals) {
      if (out) toxics.add(host, local, true, toxic);
      if (into) toxics.add(host, local, false, toxic);
    }
    for (const end of this.endsOf(host, locals)) {
      for (const one of [end, this.context.table.get(end.peerId)]) {
        if (one === undefined) continue;
        one.mergeOctets = 0;
        one.countedFrom = one.passed;
      }
    }
  }

  /** Takes it off, and lets go on what it held back. */
  removeToxic(host: number, locals: readonly number[], out: boolean, into: boolean, toxic: Toxic): void {
    const { toxics, table } = this.context;
    for (const local of locals) {
      if (out) toxics.remove(host, local, true, toxic);
      if (into) toxics.remove(host, local, false, toxic);
    }
    for (const end of this.endsOf(host, locals)) {
      const { id, peerId } = end;
      for (const one of [id, peerId]) {
        const stream = table.get(one);
        if (stream?.state === TcpState.established) this.stream.pump(stream);
      }
    }
  }

  /** Resets every connection of these local addresses, as something on the path would: both ends are told. */
  cut(host: number, locals: readonly number[]): void {
    for (const end of this.endsOf(host, locals)) {
      if (end.state === TcpState.established) cutConnection(this.context, end);
    }
  }

  private endsOf(host: number, locals: readonly number[]): TcpEndpoint[] {
    const members = new Set(locals);
    return this.context.table.ofHost(host).filter(({ local }) => members.has(local));
  }
}
