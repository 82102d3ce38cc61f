/**
 * What arrived of a TCP direction, on its way to the reader's actor: octets in order, as they lie in the ring or put together from
 * several spans, then FIN; and the window that opens with that, which the sender learns of after the return delay.
 *
 * Not modelled: delayed acknowledgements, silly windows, a reader that takes less than there is (it can only pause).
 */
import { Phase } from '../kernel/kernel.js';
import { TcpEnd } from '../host/ports.js';
import { type TcpContext, TcpEvent } from './tcp-context.js';
import { type TcpEndpoint, TcpState } from './tcp-endpoint.js';

/** Octets that a reader gets at once, at most, where they lie in several spans. */
const READ_OCTETS = 65_536;

export class TcpDelivery {
  constructor(private readonly context: TcpContext) {}

  /** Hands what arrived from `end` to the actor of `reader`, in order, then FIN. */
  deliver(end: TcpEndpoint, reader: TcpEndpoint): void {
    const { fabric, octets, tap } = this.context;
    const host = fabric.hosts[reader.host];
    const { id: endId } = end;
    const { id: readerId } = reader;
    while (end.arrived > 0) {
      if (reader.readPaused || host.paused) return;
      if (end.ring.headOctets() < end.arrived || end.flipAt >= 0) this.deliverCopy(end, reader);
      else {
        const { ring, arrived: count } = end;
        const block = ring.headBlock();
        const start = octets.start(block) + ring.headStart();
        end.arrived = 0;
        const whole = ring.consume(count);
        tap.streamDelivered(reader.host, readerId, reader.local, start, start + count);
        // A span that goes on is held by the ring, but the actor may end the connection, which clears it.
        if (!whole) octets.retain(block);
        tap.holdBack();
        host.receiver.onTcpData(readerId, octets.buf, start, start + count);
        tap.release();
        octets.release(block);
      }
      if (reader.id !== readerId || reader.state !== TcpState.established) return;
      if (end.id !== endId) return;
    }
    if (reader.readPaused || host.paused) return;
    if (end.finArrived && !end.finDelivered) {
      end.finDelivered = true;
      this.context.tellClosed(reader, TcpEnd.fin);
      if (end.id !== endId || reader.id !== readerId) return;
    }
    this.afterReading(end, reader);
  }

  /**
   * Hands out what arrived in several spans as one piece, put together as a stack does in the buffer of the reader, {@link READ_OCTETS}
   * at most; and one in which an octet was altered on the way: blocks are never written once they were sent.
   */
  private deliverCopy(end: TcpEndpoint, reader: TcpEndpoint): void {
    const { octets, fabric, tap } = this.context;
    const count = end.arrived < READ_OCTETS ? end.arrived : READ_OCTETS;
    const { id, host } = reader;
    const copy = octets.alloc(count);
    const { buf } = octets;
    const start = octets.start(copy);
    end.ring.moveTo(octets, start, count);
    end.arrived -= count;
    tap.streamDelivered(host, id, reader.local, start, start + count);
    if (end.flipAt >= 0 && end.flipAt < count) {
      buf[start + end.flipAt] ^= end.flipBits;
      end.flipAt = -1;
    } else if (end.flipAt >= 0) end.flipAt -= count;
    tap.holdBack();
    fabric.hosts[host].receiver.onTcpData(id, buf, start, start + count);
    tap.release();
    octets.release(copy);
  }

  private afterReading(end: TcpEndpoint, reader: TcpEndpoint): void {
    const { links, kernel, table, handler } = this.context;
    if (end.state === TcpState.ghost) {
      this.context.releaseIfDone(end);
      return;
    }
    if (end.finDelivered && reader.finDelivered) {
      this.context.stopTimer(end);
      this.context.stopTimer(reader);
      table.release(end);
      table.release(reader);
      return;
    }
    if (end.unsent === 0 || end.stalled || end.openPending) return;
    end.openPending = true;
    const lane = links.plainLane(reader.host, reader.local, end.host, end.local);
    if (lane >= 0) kernel.after(lane, handler, TcpEvent.open, end.id, 0);
    else {
      const delayNs = links.delayNs(reader.host, reader.local, end.host, end.local);
      kernel.at(kernel.nowNs + delayNs, Phase.network, handler, TcpEvent.open, end.id, 0);
    }
  }
}
