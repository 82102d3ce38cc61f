/** A sender of Large Messages whose INVITE was refused for now: not again before Retry-After (RFC 3261 section 21.5.4). */
import { expect, test } from 'vitest';
import { response } from '../testing.js';
import { LargeRig } from '../testing-large.js';

test.each([503, 500, 486])(
  '%i with Retry-After: the next INVITE leaves when it says, and not before',
  (status) => {
    const rig = new LargeRig();
    rig.large();
    const [invite] = rig.take('INVITE');
    const nowS = rig.ports.nowNs / 1e9;
    rig.deliver(1, response(invite, status, 'Retry-After: 45\r\n'));
    rig.at(nowS + 44.9);
    expect(rig.take('INVITE')).toEqual([]);
    rig.at(nowS + 45.1);
    expect(rig.take('INVITE')).toHaveLength(1);
  },
);

test('without it the back-off alone counts', () => {
  const rig = new LargeRig();
  rig.large();
  const [invite] = rig.take('INVITE');
  const nowS = rig.ports.nowNs / 1e9;
  rig.deliver(1, response(invite, 503));
  rig.at(nowS + 2.1);
  expect(rig.take('INVITE')).toHaveLength(1);
});
