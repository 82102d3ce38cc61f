/** The parser against a reader that has the whole stream before it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSlowFrames, type SlowFrame } from './slow-frames.js';
import { latin1, readPieces, send, type Read } from './testing-frames.js';

describe('the incremental parser and its slow twin agree', () => {
  const fragment = fc.constantFrom(
    '\r\n',
    '\r',
    '\n',
    '-------',
    '-------tid1',
    '\r\n-------tid1',
    '$',
    '+',
    '#',
    '-',
    'tid1',
    'tid12',
    'x',
    '\r\n-------tid2$\r\n',
    '\u00e9\u0000',
    '\r\n-------tid1$\r\n',
  );
  const body = fc.oneof(
    { weight: 5, arbitrary: fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join('')) },
    fc.constant(null),
  );
  const frame = fc
    .record({
      body,
      tid: fc.constantFrom('tid1', 'tid2', 'tid12', 'abcdefghijklmnop', '456'),
      flag: fc.constantFrom('$', '+', '#'),
      lie: fc.constantFrom('none', 'true', 'star', 'short', 'long'),
    })
    .map(({ body, tid, flag, lie }) => {
      const octets = body?.length ?? 0;
      const end = { none: 0, true: octets, star: 0, short: octets - 1, long: octets + 3 }[lie];
      if (lie === 'none') return send(body, { tid, flag });
      return send(body, { tid, flag, range: lie === 'star' ? '1-*/*' : `1-${Math.max(0, end)}/${octets}` });
    });
  const noise = fc.array(fc.oneof({ weight: 20, arbitrary: frame }, fragment), {
    minLength: 1,
    maxLength: 6,
  });

  it('on random frames in random segments', () => {
    const program = fc.tuple(noise, fc.array(fc.nat({ max: 2000 }), { maxLength: 12 }), fc.boolean());
    fc.assert(
      fc.property(program, ([parts, cuts, octetwise]) => {
        const stream = parts.join('');
        const octets = latin1(stream);
        const marks = octetwise
          ? Array.from({ length: octets.length }, (_, i) => i)
          : cuts.map((cut) => cut % (octets.length + 1)).sort((a, b) => a - b);
        const pieces: Buffer[] = [];
        let from = 0;
        for (const mark of [...marks, octets.length]) {
          pieces.push(octets.subarray(from, mark));
          from = mark;
        }
        const slow = readSlowFrames(stream);
        const fast = readPieces(pieces);
        const strip = ({ startLine, tid, body, flag }: SlowFrame | Read['frames'][number]): unknown => ({
          startLine,
          tid,
          body,
          flag,
        });
        expect(fast.frames.map(strip)).toEqual(slow.frames.map(strip));
        expect(fast.failed !== 0).toBe(slow.broken);
      }),
      { seed: 42, numRuns: 1500 },
    );
  });

  it('never throws and never hangs on random octets', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fragment, fc.constantFrom('MSRP ', 'tid1 ', 'SEND\r\n', ': ', 'Byte-Range: 1-2/3\r\n')),
          { maxLength: 30 },
        ),
        (parts) => {
          const stream = latin1(parts.join(''));
          const whole = readPieces([stream]);
          const half = stream.length >> 1;
          expect(readPieces([stream.subarray(0, half), stream.subarray(half)])).toEqual(whole);
        },
      ),
      { seed: 43, numRuns: 1000 },
    );
  });
});
