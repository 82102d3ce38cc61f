/**
 * The outbox against a plain model: one pending offer for each (sender, recipient), first in first out (RFC 3428 section 8).
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NONE } from '../client-table.js';
import { Outbox } from './outbox.js';

const offer = (sender: number, recipient: number, message: number) => ({
  sender,
  recipient,
  message,
  sizeOctets: 1,
  intendedAtNs: 0,
  anonymous: false,
  expiresS: -1,
});

test('any program of offers and answers keeps the order of each pair and loses nothing', () => {
  const step = fc.record({ sender: fc.nat(3), recipient: fc.nat(40), answer: fc.nat(9) });
  const property = fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
    const outbox = new Outbox(4);
    const model = new Map<string, number[]>();
    const inFlight: number[] = [];
    let message = 0;
    const key = (slot: number): string => `${outbox.sender[slot]}/${outbox.recipient[slot]}`;
    const settle = (at: number): void => {
      const [slot] = inFlight.splice(at, 1);
      const expected = model.get(key(slot));
      expect(expected?.shift()).toBe(outbox.message[slot]);
      const next = outbox.settle(slot);
      expect(next === NONE ? undefined : outbox.message[next]).toBe(expected?.[0]);
      if (next === NONE) return;
      outbox.markPending(next);
      inFlight.push(next);
    };
    for (const { sender, recipient, answer } of steps) {
      const waiting = model.get(`${sender}/${recipient}`) ?? [];
      const slot = outbox.add(offer(sender, recipient, message));
      expect(slot !== NONE).toBe(waiting.length === 0);
      waiting.push(message++);
      model.set(`${sender}/${recipient}`, waiting);
      if (slot !== NONE) {
        outbox.markPending(slot);
        inFlight.push(slot);
      }
      if (answer < 4 && inFlight.length > 0) settle((answer * 7) % inFlight.length);
    }
    while (inFlight.length > 0) settle(inFlight.length - 1);
    expect(outbox.held).toBe(0);
    for (let sender = 0; sender < 4; sender++) expect(outbox.firstQueue(sender)).toBe(NONE);
  });
  fc.assert(property, { seed: 42, numRuns: 100 });
});

test('what waits for a registration is found in the order in which its queues were opened', () => {
  const outbox = new Outbox(1);
  for (let message = 0; message < 300; message++) outbox.add(offer(0, message % 150, message));
  const first: number[] = [];
  for (let queue = outbox.firstQueue(0); queue !== NONE; queue = outbox.nextQueue(queue)) {
    first.push(outbox.message[outbox.ready(queue)]);
  }
  expect(first).toEqual(Array.from({ length: 150 }, (_, i) => i));
});
