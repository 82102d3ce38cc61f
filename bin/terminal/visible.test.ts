import { expect, test } from 'vitest';
import { painted } from './streams.js';
import { CLEAR_LINE, visible } from './visible.js';

test.each([
  ['a seed that would colour what follows', 'seed a\u001b[31mb\n', 'seed a\\u001b[31mb\n'],
  ['one that would go back to the start of the line', 'a\rb\u0008', 'a\\u000db\\u0008'],
  ['one that would turn what follows', 'a\u202eb\u2066c', 'a\\u202eb\\u2066c'],
  ['one that has the octets of ours', `x${CLEAR_LINE}y`, 'x\\u000d\\u001b[2Ky'],
  ['lines, tabs and letters of any script', 'µs\t\u00e9\u4e2d\u{1f600}\n', 'µs\t\u00e9\u4e2d\u{1f600}\n'],
  ['a line that is drawn again', `${CLEAR_LINE}50 %`, `${CLEAR_LINE}50 %`],
])('%s', (_name, text, shown) => {
  expect(visible(text)).toBe(shown);
});

test('a terminal is shown what a pipe is given as it is', () => {
  const given = (isTTY: boolean) => {
    const written: string[] = [];
    painted({ isTTY, write: (text) => written.push(text) }, false)('seed a\u001b[31mb\n');
    return written;
  };
  expect(given(true)).toEqual(['seed a\\u001b[31mb\n']);
  expect(given(false)).toEqual(['seed a\u001b[31mb\n']);
});
