import { describe, expect, it } from 'vitest';
import { OctetCampaign } from './campaign.js';
import { Mutator } from './mutator.js';
import type { OctetTarget } from './target.js';
import { octetTargets } from './targets.js';

/** The nightly run takes a million for each (`scripts/nightly-octets.mjs`). */
const INPUTS = 20_000;
const SEED = 42;

describe('octets from peers: no throw, no hang, no growth', () => {
  it.each(octetTargets().map((target) => [target.name, target] as const))(
    '%s, 20,000 inputs',
    (_name, target) => {
      const campaign = new OctetCampaign(target, SEED);
      let finding;
      for (let index = 0; index < INPUTS && finding === undefined; index++) finding = campaign.run(index);
      expect(finding).toBeUndefined();
      // Both sides of the reader were met.
      expect(campaign.seen.sound).toBeGreaterThan(INPUTS / 50);
      expect(campaign.seen.faulty).toBeGreaterThan(INPUTS / 50);
    },
  );
});

/** A reader with a defect of each kind that the campaign must find. */
function broken(name: string, read: OctetTarget['read'], heldOctets = () => 0): OctetTarget {
  return {
    name,
    samples: [Buffer.from('MSRP a786hjs2 SEND\r\n')],
    words: [],
    streams: true,
    heldLimitOctets: 0,
    heldOctets,
    read,
  };
}

describe('a campaign finds', () => {
  const findings = (target: OctetTarget): string | undefined => {
    const campaign = new OctetCampaign(target, SEED);
    for (let index = 0; index < 200; index++) {
      const finding = campaign.run(index);
      if (finding !== undefined) return finding.what;
    }
    return undefined;
  };

  it.each([
    [
      'a throw',
      'threw Error: bad octets',
      broken('throws', () => {
        throw new Error('bad octets');
      }),
    ],
    [
      'an octet read beyond the end',
      'depends on octets around it',
      broken('reads on', (buf, _start, end, _cuts, seen) => seen.number(buf[end])),
    ],
    [
      'a decision that depends on the pieces',
      'depends on where it is cut: ',
      broken('counts pieces', (_buf, _start, _end, cuts, seen) => seen.number(cuts.length)),
    ],
    [
      'a span outside of the octets',
      'a position outside the octets that were given',
      broken('points outside', (_buf, start, end, _cuts, seen) => seen.span(start, end + 1)),
    ],
    [
      'a span that runs backwards',
      'a span that runs backwards',
      broken('points backwards', (_buf, start, end, _cuts, seen) => seen.span(end, start)),
    ],
    [
      'growth',
      'holds 1 octets',
      broken(
        'grows',
        () => {},
        () => 1,
      ),
    ],
  ])('%s', (_name, what, target) => {
    expect(findings(target)).toContain(what);
  });

  it('the same octets for the same seed and number, whatever was made before', () => {
    const [target] = octetTargets();
    const one = new Mutator(target.samples, target.words);
    const other = new Mutator(target.samples, target.words);
    one.make(SEED, 5);
    one.make(SEED, 77);
    other.make(SEED, 77);
    expect(one.buf.subarray(0, one.octets).equals(other.buf.subarray(0, other.octets))).toBe(true);
    other.make(SEED + 1, 77);
    expect(one.buf.subarray(0, one.octets).equals(other.buf.subarray(0, other.octets))).toBe(false);
  });
});
