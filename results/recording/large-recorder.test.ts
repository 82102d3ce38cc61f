/** The overhead of Large Messages, by hand. */
import { expect, test } from 'vitest';
import { Observed } from '../../models/observations.js';
import type { ObservationHandler } from '../../sim/host/observations.js';
import { LargeRecorder } from './large-recorder.js';

const [CORE_IP, IM_SERVER_IP, XDMS_IP, FIRST_CLIENT_IP] = [1, 2, 3, 100];
const CORE = 0;
const SERVER = 1;
const CLIENTS = 2;
const XDMS = 3;

test('the overhead is octets on streams for each of payload, without HTTP between IM Server, clients and IM XDMS', () => {
  const handlers = new Map<number, ObservationHandler>();
  const recorder = new LargeRecorder(
    { subscribe: (kind, handler) => void handlers.set(kind, handler) },
    { nowNs: 1e9 },
    XDMS_IP,
  );
  const emit = (kind: number, entity: number, message: number, a = 0, b = 0, octets = 0) =>
    handlers.get(kind)?.(kind, entity, message, a, b, Buffer.alloc(octets), 0, octets);
  const connect = (conn: number, ownIp: number, peerIp: number, host: number) =>
    emit(Observed.connection, ownIp * 65_536 + 5060, conn, peerIp * 65_536 + 80, host);
  connect(4, FIRST_CLIENT_IP, IM_SERVER_IP, CLIENTS);
  connect(5, CORE_IP, IM_SERVER_IP, CORE);
  connect(6, IM_SERVER_IP, XDMS_IP, SERVER);
  connect(7, XDMS_IP, IM_SERVER_IP, XDMS);
  connect(8, FIRST_CLIENT_IP, XDMS_IP, CLIENTS);
  emit(Observed.largeOffered, 1, 0, 2, 1000);
  emit(Observed.streamSent, CLIENTS, 4, 0, 0, 1150);
  emit(Observed.streamSent, CORE, 5, 0, 0, 50);
  emit(Observed.streamSent, SERVER, 6, 0, 0, 700);
  emit(Observed.streamSent, XDMS, 7, 0, 0, 300);
  emit(Observed.streamSent, CLIENTS, 8, 0, 0, 90);
  // The answer of the IM XDMS may follow the end of what the other side sends.
  emit(Observed.streamEnded, XDMS, 7);
  emit(Observed.streamSent, XDMS, 7, 0, 0, 40);
  emit(Observed.assembled, 2, 1, 1000, 0);
  expect(recorder.figures()?.overhead).toBe(1.2);
});
