/** Packed records come back octet for octet, and take what the format says, read again by its words alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DICTIONARY_OCTETS, Packer, PACKED_LIMIT_OCTETS } from './packing.js';

/** The slow twin: reads the format with lists, and learns as the format's owner does. */
class SlowReader {
  private dictionary: number[] = [];

  read(packed: readonly number[], length: number): number[] {
    const rest = [...packed];
    const next = (): number => rest.shift()!;
    const more = (count: number, limit: number): number => {
      let sum = count;
      let last = count === limit ? 255 : 0;
      while (last === 255) sum += last = next();
      return sum;
    };
    const record: number[] = [];
    let distance = 0;
    while (record.length < length) {
      const token = next();
      const literals = more((token >> 4) % 8, 7);
      const copied = more(token % 16, 15) + 3;
      record.push(...rest.splice(0, literals));
      if (record.length === length) break;
      const place = DICTIONARY_OCTETS + record.length;
      if (token < 128) distance = place - (next() + 256 * next());
      for (let i = 0; i < copied; i++) {
        const from = place + i - distance;
        record.push(from < DICTIONARY_OCTETS ? this.dictionary[from] : record[from - DICTIONARY_OCTETS]);
      }
    }
    expect(rest).toEqual([]);
    if (packed.length > length * 0.4 && this.dictionary.length + length <= DICTIONARY_OCTETS)
      this.dictionary.push(...record);
    return record;
  }
}

/** Packs the texts one after the other, and sees to it that all of them come back, whatever was learnt since. */
function there(texts: readonly string[]): number[] {
  const packer = new Packer();
  const slow = new SlowReader();
  const kept = texts.map((text) => {
    const packed = [...packer.out.subarray(0, packer.pack(Buffer.from(text, 'latin1'), 0, text.length))];
    expect(Buffer.from(slow.read(packed, text.length)).toString('latin1')).toBe(text);
    return packed;
  });
  kept.forEach((packed, i) => {
    const buf = Buffer.concat([
      Buffer.from('ab'),
      Buffer.from(packed),
      Buffer.alloc(texts[i].length),
      Buffer.from('z'),
    ]);
    const to = 2 + packed.length;
    packer.unpack(buf, 2, to, texts[i].length);
    expect(buf.toString('latin1', to)).toBe(`${texts[i]}z`);
  });
  return kept.map(({ length }) => length);
}

const PIECES = [
  'Via: SIP/2.0/UDP 10.0.0.1:5060;branch=',
  'To: <sip:u',
  'aaaaaaa',
  '\r\n',
  'Date: Mon, 05 Jan 2026 08:00:',
];
const piece = fc.oneof(
  fc.constantFrom(...PIECES),
  fc.string({ maxLength: 12 }),
  fc.integer({ min: 1, max: 700 }).map((length) => 'x'.repeat(length)),
  fc.uint8Array({ maxLength: 400 }).map((octets) => Buffer.from(octets).toString('latin1')),
);
const record = fc
  .array(piece, { maxLength: 30 })
  .map((pieces) => Buffer.from(pieces.join(''), 'latin1').toString('latin1').slice(0, PACKED_LIMIT_OCTETS));

describe('packed records', () => {
  it('come back octet for octet', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), (texts) => void there(texts)),
      { seed: 19, numRuns: 300 },
    );
  });

  it('come back when others have filled the dictionary meanwhile, and what was learnt stays known', () => {
    let state = 1;
    const octet = (): string => String.fromCharCode((state = Math.imul(state, 1103515245) + 12345) >>> 24);
    const noises = Array.from({ length: 30 }, () => Array.from({ length: 900 }, octet).join(''));
    const lengths = there([noises[0], ...noises, noises[0], noises[29]]);
    expect(lengths[0]).toBeGreaterThan(900);
    expect(lengths[1]).toBe(lengths[31]);
    expect(lengths[31]).toBeLessThan(20);
    // There was no room for this one.
    expect(lengths[32]).toBeGreaterThan(900);
  });

  it('take a third if they are alike', () => {
    const message = (n: number): string =>
      `MESSAGE sip:u${n * 7919}@ims.example SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;rport;branch=z9hG4bK${n * 99991}\r\n` +
      `Route: <sip:im.ims.example;lr>\r\nMax-Forwards: 69\r\nFrom: <sip:u${n * 31}@ims.example>;tag=${n * 77777}\r\n` +
      `Supported: path, outbound\r\nUser-Agent: restante-client/1\r\nContent-Type: text/plain\r\n\r\nq7BoDy${n * 123457}`;
    const texts = Array.from({ length: 50 }, (_, i) => message(1000 + i));
    const lengths = there(texts);
    expect(lengths[0]).toBeGreaterThan(200);
    expect(Math.max(...lengths.slice(10))).toBeLessThan(texts[10].length / 3);
  });
});
