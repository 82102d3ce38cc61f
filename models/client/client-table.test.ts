/**
 * What an idle client costs: a row of numbers, and room for two timers.
 */
import { expect, test } from 'vitest';
import { Devices } from '../devices.js';
import { ClientTable } from './client-table.js';
import { EARLIER_KEPT, Inbox, RECENT_KEPT } from './reception/inbox.js';
import { Outbox } from './pager/outbox.js';
import { SeenLog } from './reception/seen-log.js';
import { FleetPorts } from './testing.js';

/** Octets of all typed arrays that `part` holds itself. */
function columns(part: object): number {
  const values: unknown[] = Object.values(part);
  return values.reduce<number>((sum, one) => sum + (ArrayBuffer.isView(one) ? one.byteLength : 0), 0);
}

test('an idle client holds at most 100 octets, which with two timers of the kernel makes less than 200', () => {
  const users = 100_000;
  const table = new ClientTable(users);
  const logs = [1, 2].map(() => new SeenLog(users, RECENT_KEPT, EARLIER_KEPT));
  const all = [table, new Outbox(users), ...logs].reduce((sum, part) => sum + columns(part), 0);
  expect(all / users).toBeLessThanOrEqual(100);
  expect(columns(new Inbox(new FleetPorts(0), table, new Devices(users)))).toBe(0);
});
