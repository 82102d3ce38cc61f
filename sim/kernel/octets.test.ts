import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OctetArena } from './octets.js';

describe('OctetArena', () => {
  test('blocks never overlap, keep their contents through growth, and are reused after the last release', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ size: fc.integer({ min: 0, max: 70_000 }), drop: fc.boolean() }), {
          maxLength: 120,
        }),
        (plan) => {
          const arena = new OctetArena(600_000, true);
          const live: { block: number; size: number; fill: number }[] = [];
          plan.forEach(({ size, drop }, index) => {
            const block = arena.alloc(size);
            const fill = (index % 200) + 1;
            expect(arena.capacity(block)).toBeGreaterThanOrEqual(size);
            arena.buf.fill(fill, arena.start(block), arena.start(block) + size);
            live.push({ block, size, fill });
            if (drop && live.length > 1) arena.release(live.shift()!.block);
          });
          for (const { block, size, fill } of live) {
            const start = arena.start(block);
            expect(arena.buf.subarray(start, start + size).every((octet) => octet === fill)).toBe(true);
            arena.release(block);
          }
          expect(arena.heldOctets).toBe(0);
        },
      ),
      { seed: 42, numRuns: 60 },
    );
  });

  test('a block is free only when the last holder lets go; one release more is a defect', () => {
    const arena = new OctetArena();
    const block = arena.alloc(100);
    arena.retain(block);
    arena.release(block);
    expect(arena.alloc(100)).not.toBe(block);
    arena.release(block);
    expect(() => arena.release(block)).toThrow('nobody holds');
    expect(arena.alloc(100)).toBe(block);
  });

  test('words and octets are the same memory after growth', () => {
    const arena = new OctetArena(600_000);
    const big = arena.alloc(5_000_000);
    arena.buf.writeInt32LE(0x01020304, arena.start(big));
    expect(arena.words[arena.start(big) >>> 2]).toBe(0x01020304);
  });
});
