/**
 * How an end goes while the connection is up: forgotten by its own host, with RST or in silence, or reset by something on the path.
 * RST is not repeated.
 *
 * Not here: FIN (`tcp-stream.ts`), and what becomes of an end once it is over (`tcp-context.ts`).
 */
import { Phase } from '../kernel/kernel.js';
import { TcpEnd } from '../host/ports.js';
import { type TcpContext, TcpEvent } from './tcp-context.js';
import { type TcpEndpoint, TcpState } from './tcp-endpoint.js';

/** The host of `end` forgets it. What it sent still arrives; RST, if there is one, comes behind that. */
export function forget(context: TcpContext, end: TcpEndpoint, withReset: boolean): void {
  if (end.state !== TcpState.established) {
    context.retire(end, true);
    return;
  }
  const sent = withReset && context.sendBare(end, TcpEvent.reset, end.id, 0);
  if (!sent) {
    const atNs = Math.max(context.kernel.nowNs, end.lastArrivalNs);
    context.kernel.at(atNs, Phase.network, context.handler, TcpEvent.reset, end.id, 1);
  }
  context.retire(end, false);
}

/** Both ends are reset, and their actors told. */
export function cutConnection(context: TcpContext, end: TcpEndpoint): void {
  const { peerId } = end;
  context.finish(end, TcpEnd.reset);
  const peer = context.table.get(peerId);
  const alive = peer?.state === TcpState.established || peer?.state === TcpState.synReceived;
  if (peer !== undefined && alive) context.finish(peer, TcpEnd.reset);
}
