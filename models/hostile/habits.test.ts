/** What a hostile client changes, and what she leaves alone: the invariants ask for the content of others by what stands in it. */
import { expect, test } from 'vitest';
import { HABITS } from './habits.js';

test('one Message-ID for all: that of MSRP, not what a message/cpim calls by that name', () => {
  const { stream } = HABITS['duplicate-message-ids'];
  const cpim = 'NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: 5d231b6efe28b45f\r\n\r\n';
  const frame = `MSRP a1b2c3d4 SEND\r\nMessage-ID: kT0xx4pQ\r\nContent-Type: message/cpim\r\n\r\n${cpim}`;
  expect(stream(frame)).toBe(frame.replace('kT0xx4pQ', 'hostile1'));
  // SIP over TCP is a stream too.
  const message = `MESSAGE sip:u4@ims.example SIP/2.0\r\nContent-Type: message/cpim\r\n\r\n${cpim}`;
  expect(stream(message)).toBe(message);
});
