import { expect, test } from 'vitest';
import { MOST_LEVELS, tooDeep } from './depth.js';
import { parseScenario, readYaml } from './loader.js';

const nested = (open: string, close: string, levels: number) => open.repeat(levels) + close.repeat(levels);

test.each([
  ['lists in brackets', nested('[', ']', MOST_LEVELS + 1), MOST_LEVELS],
  ['sets in braces', `a: ${nested('{a: ', '}', 5000)}`, 3 + 4 * MOST_LEVELS],
  ['lists in lists', `a:\n  ${'- '.repeat(5000)}x`, 5],
  ['lists without an end', '['.repeat(1_000_000), MOST_LEVELS],
])('%s are refused where they go too deep, before the parser is asked', (_what, text, at) => {
  expect(tooDeep(text)).toBe(at);
  const [line, column] = [
    text.slice(0, at).split('\n').length,
    (text.slice(0, at).split('\n').at(-1) ?? '').length + 1,
  ];
  expect(() => readYaml(text, 'deep.yaml')).toThrow(
    `deep.yaml:${line}:${column}  error  more than 100 levels within each other: this is no scenario`,
  );
});

test.each([
  ['as deep as may be', nested('[', ']', MOST_LEVELS)],
  ['one after the other', '[]{}'.repeat(1000)],
  ['in quotes', `a: "${'['.repeat(500)} \\" ["\nb: '${'{'.repeat(500)}'`],
  ['in a comment', `a: 1 # ${'['.repeat(500)}\n# ${'['.repeat(500)}`],
])('brackets %s are none', (_what, text) => {
  expect(tooDeep(text)).toBeUndefined();
});

test('of a long line what is around the fault is shown', () => {
  const said = (text: string) => {
    try {
      parseScenario(text, 'x.yaml');
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const long = `{ version: 1, name: x, duration: 5s, description: "${'d'.repeat(50_000)}", drian: 1s }`;
  const lines = said(long).split('\n');
  expect(lines[0]).toMatch(/^x\.yaml:1:\d+ {2}error {2}unknown key "drian"/);
  const [shown = '', mark = ''] = lines.slice(1);
  expect(shown.length).toBeLessThan(180);
  expect(shown).toMatch(/^ {4}1 \| \.\.\.d+", drian: 1s }$/);
  expect(shown.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('drian');
  const early = said(`version: 1\nnaem: ${'n'.repeat(500)}`).split('\n');
  expect(early[1]).toMatch(/^ {4}2 \| naem: n+\.\.\.$/);
  expect(early[2]).toBe('      | ^^^^');
});
