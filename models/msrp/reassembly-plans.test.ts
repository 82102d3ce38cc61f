import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OctetArena } from '../../sim/kernel/octets.js';
import { CONN, PEER, URI, bodies, chunk, receiverOn, statuses } from './fakes/fake-chunks.js';
import type { MsrpConfig } from './codes.js';
import { FakeOwner } from './fakes/fake-wire.js';

const receiver = (settings: Partial<MsrpConfig> = {}) => receiverOn(new OctetArena(0, true), settings);

describe('chunk-plan independence (I7)', () => {
  /** A body with everything that framing could trip over. */
  const piece = fc.constantFrom(
    '\r\n',
    '-------tx0',
    '-------tx01',
    '$\r\n',
    '\r',
    'MSRP tx01 SEND\r\n',
    'text ',
    '\u0000\u00ff',
    'x'.repeat(700),
  );
  const body = fc.array(piece, { minLength: 1, maxLength: 10 }).map((parts) => parts.join(''));
  interface Plan {
    cuts: number[];
    order: number[];
    overlap: number;
    repeats: number[];
    declare: number;
  }
  const plan: fc.Arbitrary<Plan> = fc.record({
    cuts: fc.array(fc.nat(5000), { maxLength: 6 }),
    order: fc.array(fc.nat(1000), { minLength: 20, maxLength: 20 }),
    overlap: fc.nat(5),
    repeats: fc.array(fc.nat(20), { maxLength: 2 }),
    declare: fc.nat(3),
  });

  /** Cuts `text` as the plan says; ids `zz..` never occur in a body. */
  function cut(text: string, id: string, { cuts, order, overlap, repeats, declare }: Plan): string[] {
    const marks = [...new Set([0, ...cuts.map((at) => at % text.length)])].sort((a, b) => a - b);
    const chunks = marks.map((from, i) => {
      const to = Math.min(text.length, (marks[i + 1] ?? text.length) + overlap);
      const total = declare === 0 ? '*' : String(text.length);
      const end = declare === 2 ? '*' : declare === 3 ? String(to + 3) : String(to);
      const flag = to === text.length ? '$' : '+';
      return chunk({
        id,
        from: from + 1,
        body: text.slice(from, to),
        flag,
        range: `${from + 1}-${end}/${total}`,
        tid: `zz${id}${i}`,
      });
    });
    // A chunk that is the whole message ends it: nothing may follow, or it would be another message without id memory.
    const all = [...chunks, ...repeats.map((i) => chunks[i % chunks.length])];
    return all
      .map((text, i) => ({ text, key: order[i] ?? 0, i }))
      .sort((a, b) => a.key - b.key || a.i - b.i)
      .map(({ text }) => text);
  }

  it('any plan, order, overlap, repetition, interleaving and segmentation give the same message, once', () => {
    const message = fc.tuple(body, plan);
    const program = fc.tuple(
      message,
      message,
      fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
      fc.integer({ min: 1, max: 900 }),
    );
    fc.assert(
      fc.property(program, ([[one, planOne], [two, planTwo], turns, segment]) => {
        const { owner } = receiver();
        const streams = [cut(one, 'one1', planOne), cut(two, 'two2', planTwo)];
        let stream = '';
        for (const turn of turns) stream += streams[turn ? 0 : 1].shift() ?? '';
        owner.receive(CONN, stream + streams.flat().join(''), segment);
        const got = new Map(owner.messages.map((message) => [message.id, message.body]));
        expect(owner.messages).toHaveLength(2);
        expect(got.get('one1')).toBe(one);
        expect(got.get('two2')).toBe(two);
        expect(statuses(owner).every((status) => status === '200')).toBe(true);
        expect(owner.octets.heldOctets).toBe(0);
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  it('sessions on one connection are kept apart, even under one Message-ID, chunk by chunk (R15)', () => {
    const uris = ['S1', 'S2', 'S3'].map((name) => `msrp://10.0.0.2:2855/${name.repeat(7)};tcp`);
    const texts = ['one', 'two', 'three'].map((word) => word.repeat(400));
    fc.assert(
      fc.property(
        fc.array(fc.nat(2), { minLength: 30, maxLength: 30 }),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 100, max: 900 }),
        (turns, segment, size) => {
          const owner = new FakeOwner(new OctetArena(0, true), 3);
          owner.endpoint.accepted(0, CONN);
          uris.forEach((uri, tag) => owner.endpoint.openPassive(0, tag, uri, PEER, ''));
          owner.drain();
          const streams = texts.map((text, which) => {
            const frames: string[] = [];
            for (let from = 0; from < text.length; from += size) {
              const body = text.slice(from, from + size);
              const flag = from + size >= text.length ? '$' : '+';
              const tid = `s${which}${from}`.padEnd(6, 'x');
              const one = chunk({ id: 'same', from: from + 1, body, flag, tid, range: `${from + 1}-*/*` });
              frames.push(one.replace(URI, uris[which]));
            }
            return frames;
          });
          let stream = '';
          for (const turn of turns) stream += streams[turn].shift() ?? '';
          owner.receive(CONN, stream + streams.flat().join(''), segment);
          const got = owner.messages.map(({ tag, body }) => [tag, body] as const);
          expect(got.toSorted(([a], [b]) => a - b)).toEqual(texts.map((text, tag) => [tag, text]));
        },
      ),
      { seed: 42, numRuns: 100 },
    );
  });

  it('a message of several segments of memory, backwards and forwards', () => {
    const text = Array.from({ length: 200_000 }, (_, i) => String.fromCharCode(97 + (i % 23))).join('');
    for (const backwards of [false, true]) {
      const { owner } = receiver();
      const chunks: string[] = [];
      for (let from = 0; from < text.length; from += 3000) {
        const part = text.slice(from, from + 3000);
        chunks.push(chunk({ from: from + 1, body: part, flag: from + 3000 >= text.length ? '$' : '+' }));
      }
      if (backwards) chunks.reverse();
      owner.receive(CONN, chunks.join(''), 65_536);
      expect(bodies(owner)[0] === text).toBe(true);
      owner.fetch(CONN);
      expect(owner.octets.heldOctets).toBe(0);
    }
  });
});
