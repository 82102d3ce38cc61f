/** Registered again are the clients that were cut, each once, when her own network is back. */
import { expect, test } from 'vitest';
import { Observed } from '../../models/observations.js';
import type { ObservationHandler } from '../../sim/host/observations.js';
import { Reconnection, type PlannedOutage } from './reconnection.js';

const S = 1e9;

/** Clients 0 to 3 are cut until 20 s, 4 and 5 until 30 s; 6 to 9 are not. */
const OUTAGE: PlannedOutage = {
  startsAtNs: 10 * S,
  healsFromNs: 20 * S,
  endsAtNs: 30 * S,
  clients: 6,
  healedAtNs: [20 * S, 30 * S],
  healing: Int32Array.from([1, 1, 1, 1, 2, 2, 0, 0, 0, 0]),
};

function followed() {
  const handlers = new Map<number, ObservationHandler>();
  const clock = { nowNs: 0 };
  const clients = new Reconnection(
    { subscribe: (kind, handler) => void handlers.set(kind, handler) },
    clock,
    OUTAGE,
  );
  const emit = (kind: number) => (atS: number, client: number) => {
    clock.nowNs = atS * S;
    handlers.get(kind)?.(kind, client, 0, 0, 0, Buffer.alloc(0), 0, 0);
  };
  const over = (...without: number[]) => {
    clock.nowNs = 30 * S;
    clients.over((client) => !without.includes(client));
  };
  return { clients, over, sends: emit(Observed.registerSent), comes: emit(Observed.registered) };
}

test('refreshes, and registrations of clients that were never cut, bring nobody back', () => {
  const { clients, over, comes } = followed();
  for (const client of [0, 1, 2, 3]) comes(22, client);
  over();
  for (let atS = 31; atS < 40; atS++) for (const client of [0, 6, 7, 8, 9]) comes(atS, client);
  comes(41, 4);
  expect(clients.figures(60).secondsToRegister).toBeUndefined();
  comes(42.5, 5);
  comes(50, 5);
  const { secondsToRegister, registersGranted } = clients.figures(60);
  expect(secondsToRegister).toBe(13);
  expect(registersGranted.reduce((sum, one) => sum + one)).toBe(6);
});

test('who came back before the end of the last outage is back; before her own healing she is not', () => {
  const { clients, over, comes } = followed();
  comes(15, 3);
  comes(22, 4);
  for (const client of [0, 1, 2, 3]) comes(25, client);
  over();
  expect(clients.figures(60).secondsToRegister).toBeUndefined();
  for (const client of [4, 5]) comes(30, client);
  expect(clients.figures(60).secondsToRegister).toBe(0);
});

test('who has no network at the end for another reason is not waited for', () => {
  const { clients, over, comes } = followed();
  for (const client of [0, 1, 2]) comes(21, client);
  // Client 1 was back and is away again; client 3 never came.
  over(1, 3);
  comes(33, 4);
  expect(clients.figures(60).secondsToRegister).toBeUndefined();
  comes(37, 5);
  expect(clients.figures(60).secondsToRegister).toBe(7);
});

test('requests are those of clients that have their network and are not registered', () => {
  const { clients, sends, comes } = followed();
  sends(19, 0);
  sends(20, 0);
  sends(20, 6);
  sends(21, 0);
  comes(21, 0);
  sends(25, 0);
  sends(31, 5);
  const { registersSent } = clients.figures(60);
  expect(registersSent.flatMap((count, second) => (count === 0 ? [] : [[second, count]]))).toEqual([
    [20, 1],
    [21, 1],
    [31, 1],
  ]);
});
