import { expect, test } from 'vitest';
import { EventSlots } from './event-slots.js';

test('a slot that was given back is had again under its id; one that is in use stops the run', () => {
  const slots = new EventSlots();
  const slot = slots.take(1, 0, 0, 0, 0);
  const id = slots.idOf(slot);
  expect(() => slots.retain(slot)).toThrow('not free');
  slots.release(slot);
  expect(slots.retain(slot)).toBe(id);
  expect(() => slots.retain(slot)).toThrow('not free');
  // The slot is nobody else's.
  expect(slots.take(2, 0, 0, 0, 0)).not.toBe(slot);
});
