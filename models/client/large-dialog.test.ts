/** What the peer asks within the dialog of a Large Message session (RFC 3261 section 12.2.2), at the client who opened it. */
import { expect, test } from 'vitest';
import { header } from './testing.js';
import { LargeRig } from './testing-large.js';
import { request } from './testing-push.js';

test('what comes within her dialog: OPTIONS 200, re-INVITE 488, out of order 500, of no dialog 481', () => {
  const rig = new LargeRig();
  rig.large();
  const [sent] = rig.take('INVITE');
  rig.accept(sent);
  const parties = (peer: string) => [
    `From: ${peer}`,
    `To: ${header(sent, 'From')}`,
    `Call-ID: ${header(sent, 'Call-ID')}`,
  ];
  const answerTo = (method: string, cseq: number, tag = 'core'): string => {
    rig.ports.takeSent();
    rig.deliver(
      1,
      request(method, 1, [...parties(`${header(sent, 'To')};tag=${tag}`), `CSeq: ${cseq} ${method}`]),
    );
    return rig.ports.takeSent()[0]?.slice(8, 11) ?? '';
  };
  expect(answerTo('OPTIONS', 4)).toBe('200');
  expect(answerTo('INVITE', 5)).toBe('488');
  expect(answerTo('OPTIONS', 3)).toBe('500');
  for (const method of ['OPTIONS', 'INVITE', 'BYE']) expect(answerTo(method, 9, 'other')).toBe('481');
});
