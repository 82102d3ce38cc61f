import fc from 'fast-check';
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type JsHistogram,
} from 'hdr-histogram-js';
import { expect, test } from 'vitest';
import { percentileLines } from './percentile-lines.js';

const values = fc.oneof(fc.nat(30), fc.nat(5_000), fc.nat(4e9), fc.nat(1e6));

test('the lines are those of the library, whatever was recorded', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(values, fc.integer({ min: 1, max: 900 })), { maxLength: 60 }),
      (recorded) => {
        const histogram = build({
          bitBucketSize: 32,
          autoResize: true,
          highestTrackableValue: 3_600_000_000,
          numberOfSignificantValueDigits: 3,
          useWebAssembly: false,
        });
        for (const [value, count] of recorded) histogram.recordValueWithCount(value, count);
        const read = decodeFromCompressedBase64(encodeIntoCompressedBase64(histogram), 32, false);
        expect(percentileLines(read as JsHistogram, 5, 1000)).toBe(
          read.outputPercentileDistribution(5, 1000),
        );
      },
    ),
    { seed: 42, numRuns: 40 },
  );
});
