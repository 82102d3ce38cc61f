import { expect, test } from 'vitest';
import { faultInWords } from './fault-words.js';
import { faultSchema } from './faults-schema.js';

const words = (fault: Record<string, unknown>): string =>
  faultInWords(faultSchema.parse({ at: '20s', for: '5s', ...fault }));

test.each([
  [{ kind: 'rate', target: 'im', rate: '16kbit/s', limit: '20kB' }, 'rate to 16 kbit/s of im'],
  [{ kind: 'loss', target: 'im', percent: '0.4%' }, 'loss of 0.4 % of im'],
  [{ kind: 'loss', target: 'im', gemodel: { p: '5%', r: '20%' } }, 'loss in bursts of im'],
  [
    { kind: 'corrupt', target: 'im', percent: '10%', escape: true },
    'corrupt of 10 % that no checksum shows of im',
  ],
  [{ kind: 'delay', target: 'im', time: '3s', jitter: '50ms' }, 'delay of 3s and 50ms of jitter of im'],
  [{ kind: 'clock-skew', target: 'im', drift: 500 }, 'clock-skew of 500 ppm of im'],
  [{ kind: 'clock-skew', target: 'im', offset: '-90s' }, 'clock-skew of -90s of im'],
  [{ kind: 'pause', target: 'clients', members: [7] }, 'pause of client 7'],
  [{ kind: 'pause', target: 'clients', members: [1, 2, 4, 5, 6, 9] }, 'pause of clients 1, 2, 4 to 6, 9'],
])('%j in words', (fault, text) => {
  expect(words(fault)).toBe(`${text} from 20s on, for 5s`);
});

test('of many members the first and the last are named', () => {
  const members = Array.from({ length: 200 }, (_, i) => 2 * i);
  expect(words({ kind: 'clog', target: 'clients', members })).toBe(
    'clog of clients 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, ... 398 (200 of them) from 20s on, for 5s',
  );
});
