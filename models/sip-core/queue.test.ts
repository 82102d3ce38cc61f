/** What waits for the CPU of the Core, and what finds its queue full (rules section 5). */
import { expect, it } from 'vitest';
import { CoreWork } from './config.js';
import { answer, firstLine, lines, registered, valuesOf, type CoreBench } from './testing.js';

const RECIPIENT = 99;
const many = (count: number) => Array.from({ length: count }, (_, i) => i);

/** What user `from` writes to the recipient, each with a subject of its own. */
const text = (bench: CoreBench, from: number): string =>
  bench.messageText(from, RECIPIENT, [`Subject: ${'s'.repeat(from)}${from}`], `z9hG4bKq${from}`);

it('however many requests wait, each is handled as it came, once its turn is there', () => {
  const bench = registered(RECIPIENT, ...many(90));
  bench.advance(200);
  const { heldOctets } = bench.ports.octets;
  // More than ever waited before, and then as many again in the places of those.
  for (const _round of [1, 2]) {
    bench.ports.slow = true;
    bench.ports.queueLimit = 90;
    bench.ports.spent.length = 0;
    for (const user of many(90))
      bench.fromClient(user, text(bench, user).replaceAll('z9hG4bKq', `z9hG4bK${_round}`));
    expect(bench.take()).toEqual([]);
    expect(bench.ports.spent).toEqual(many(90).map(() => CoreWork.request));
    bench.ports.slow = false;
    bench.ports.serve();
    const sent = bench.take().filter(({ to }) => to === `10.16.0.${RECIPIENT}:5060`);
    expect(sent.map(({ text: one }) => valuesOf(one, 'Subject')[0])).toEqual(
      many(90).map((user) => `${'s'.repeat(user)}${user}`),
    );
    for (const { text: one } of sent) bench.receive((10 << 24) + (16 << 16) + RECIPIENT, answer(one, 200));
    const answers = bench.take();
    expect(answers.map(({ to }) => to)).toEqual(many(90).map((user) => `10.16.0.${user}:5060`));
    expect(answers.every(({ text: one }) => firstLine(one).startsWith('SIP/2.0 200'))).toBe(true);
    bench.advance(200);
    bench.take();
    expect(bench.ports.octets.heldOctets).toBe(heldOctets);
  }
});

it('what finds it full is answered 503 with Retry-After, and leaves nothing behind', () => {
  const bench = registered(RECIPIENT, 7, 8);
  bench.advance(200);
  const { heldOctets } = bench.ports.octets;
  bench.ports.slow = true;
  bench.ports.queueLimit = 1;
  bench.fromClient(7, text(bench, 7));
  bench.fromClient(8, text(bench, 8));
  const refused = bench.takeOne();
  expect([refused.to, firstLine(refused.text).slice(8, 11)]).toEqual(['10.16.0.8:5060', '503']);
  expect(valuesOf(refused.text, 'Retry-After')).toHaveLength(1);
  bench.fromClient(8, bench.registerText(8));
  expect(firstLine(bench.takeOne().text)).toContain(' 503 ');
  // A CANCEL of what is not known is refused too; a response and an ACK are never answered.
  const cancel = lines(
    `CANCEL sip:u${RECIPIENT}@ims.example SIP/2.0`,
    'Via: SIP/2.0/UDP 10.16.0.8:5060;rport;branch=z9hG4bKnever',
    'Max-Forwards: 70',
    'From: <sip:u8@ims.example>;tag=s1',
    `To: <sip:u${RECIPIENT}@ims.example>`,
    'Call-ID: never',
    'CSeq: 1 CANCEL',
    'Content-Length: 0',
    '',
    '',
  );
  bench.fromClient(8, cancel);
  expect(firstLine(bench.takeOne().text)).toContain(' 503 ');
  bench.fromClient(8, answer(text(bench, 8), 200));
  expect(bench.take()).toEqual([]);
  // The one that waited is served as if nothing had been.
  bench.ports.slow = false;
  bench.ports.serve();
  const [forwarded] = bench.take();
  expect([forwarded.to, valuesOf(forwarded.text, 'Subject')[0]]).toEqual([
    `10.16.0.${RECIPIENT}:5060`,
    `${'s'.repeat(7)}7`,
  ]);
  bench.receive((10 << 24) + (16 << 16) + RECIPIENT, answer(forwarded.text, 200));
  bench.advance(200);
  expect(bench.ports.octets.heldOctets).toBe(heldOctets);
});
