/** What the server refuses of an INVITE, or within its dialog, for its form alone (RFC 3261 sections 8.2.3, 12.2.2 and 21.4). */
import { expect, test } from 'vitest';
import { header } from '../../client/testing.js';
import { Observed } from '../../observations.js';
import { ServerRig } from '../testing.js';
import { statusOf } from '../testing-texts.js';
import { LargeSender } from '../testing-large-sender.js';

test.each([
  ['a body that is no SDP', 'Content-Type: application/sdp', 'Content-Type: text/plain', 415],
  ['SDP that is packed', 'Content-Type: application/sdp', 'Content-Encoding: gzip', 415],
  ['a sender who takes no SDP', 'Max-Forwards: 68', 'Max-Forwards: 68\r\nAccept: text/plain', 406],
])('%s: told so, and nothing is opened', (_what, line, instead, status) => {
  const sender = new LargeSender(new ServerRig());
  sender.invite({ callId: 'good' });
  const replaced = instead.startsWith('Content-Encoding') ? `${line}\r\n${instead}` : instead;
  const { rig } = sender;
  const before = rig.server.large.count;
  const [answer] = rig.fromCore(
    sender.text.replaceAll('good', 'other').replace(line, replaced).replace('tag=sender', 'tag=second'),
  );
  expect(statusOf(answer)).toBe(status);
  if (status === 415)
    expect([header(answer, 'Accept'), header(answer, 'Accept-Encoding')]).toEqual([
      'application/sdp',
      'identity',
    ]);
  expect(rig.server.large.count).toBe(before);
  expect(rig.of(Observed.rejected).map(({ entity, a }) => [entity, a])).toEqual([[7, status]]);
});

test('a request out of order in the dialog is answered 500 with Retry-After, and the session goes on (section 12.2.2)', () => {
  const sender = new LargeSender(new ServerRig()).open();
  const { rig } = sender;
  expect(sender.within('OPTIONS').map(statusOf)).toEqual([200]);
  const late = (method: string, cseq: number) => {
    const [answer] = rig.fromCore(
      [
        `${method} sip:im.ims.example:5060 SIP/2.0`,
        `Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKlate${method}${cseq}`,
        'Max-Forwards: 68',
        'From: <sip:u1@ims.example>;tag=sender',
        `To: ${header(sender.ok, 'To')}`,
        `Call-ID: ${header(sender.text, 'Call-ID')}`,
        `CSeq: ${cseq} ${method}`,
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
    return [statusOf(answer), header(answer, 'Retry-After')];
  };
  expect(late('BYE', 1)).toEqual([500, '1']);
  expect(late('OPTIONS', 1)).toEqual([500, '1']);
  expect(rig.server.large.count).toBe(1);
  expect(late('BYE', 9)[0]).toBe(200);
  expect(rig.server.large.count).toBe(0);
});
