/**
 * An actor whose reactions are given one by one; what has none is ignored. For tests, and for trying out a world without a model.
 */
import type { Actor, ActorFactory, Ports } from './ports.js';

/** Some of the methods of an actor. */
export type Reactions = Partial<Actor>;

/** A factory whose configuration says how to react, given the ports. */
export const scriptedActor: ActorFactory<(ports: Ports) => Reactions> = (ports, react) => ({
  start() {},
  onDatagram() {},
  onTimer() {},
  onTcpAccepted() {},
  onTcpConnected() {},
  onTcpData() {},
  onTcpWritable() {},
  onTcpClosed() {},
  onLink() {},
  onCommitted() {},
  onServed() {},
  ...react(ports),
});

/** A new block that holds `text` in Latin-1, for sending. */
export function textBlock(ports: Ports, text: string): number {
  const block = ports.octets.alloc(text.length);
  ports.octets.buf.write(text, ports.octets.start(block), 'latin1');
  return block;
}
