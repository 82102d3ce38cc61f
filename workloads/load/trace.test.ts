import { describe, expect, test } from 'vitest';
import { parseScenario } from '../scenario/loader.js';
import { ScenarioError } from '../scenario/problems.js';
import { readTrace } from './trace.js';

describe('a trace', () => {
  test('is read in nanoseconds, with what is left open as -1', () => {
    const text = '# made by hand\nat,recipient,octets\n0.5,3,\n\n1500ms,,120\n';
    expect(readTrace(text)).toEqual([
      [500_000_000, -1, 3, -1],
      [1_500_000_000, -1, -1, 120],
    ]);
  });

  test('may come from a spreadsheet: spaces, CR LF, columns in any order, rows at one instant', () => {
    const text = 'octets , at, sender\r\n 30, 1 , 4\r\n,1\r\n20,1,\r\n';
    expect(readTrace(text)).toEqual([
      [1e9, 4, -1, 30],
      [1e9, -1, -1, -1],
      [1e9, -1, -1, 20],
    ]);
  });

  test.each([
    ['', 1, 1, 'the trace is empty'],
    ['at\n', 2, 1, 'a header and no rows'],
    ['at,resipient\n', 1, 4, 'unknown column "resipient"'],
    ['sender\n1\n', 1, 1, 'needs a column "at"'],
    ['at,sender\n1,x\n', 2, 3, '"x" is not a whole number (sender)'],
    ['at\n1 second\n', 2, 1, '"1 second" is not an instant'],
    ['at\n2\n1\n', 3, 1, 'in order of time'],
    ['sender,at\n,2\n17,1\n', 3, 4, 'in order of time'],
    ['at\n1\n3\n2\n', 4, 1, 'in order of time'],
    ['octets,sender,recipient,at\n5\n', 2, 3, '"" is not an instant'],
  ])('%j is refused with its place', (text, line, column, message) => {
    expect(readTrace(text)).toMatchObject({ line, column, message: expect.stringContaining(message) });
  });
});

test('an instant of a trace is rounded to its nanosecond', () => {
  // In binary 8.2 and 1.005 seconds are a little less.
  expect(readTrace('at\n1.005\n8.2\n')).toEqual([
    [1_005_000_000, -1, -1, -1],
    [8_200_000_000, -1, -1, -1],
  ]);
});

describe('a scenario with a trace', () => {
  const text = `version: 1
name: replay
duration: 10s
population: { subscribers: 5 }
traffic: { pager: { process: trace, trace: { file: day.csv } } }
`;
  const read = (csv: string) => () => parseScenario(text, 'replay.yaml', [], { beside: () => csv });

  test('holds its rows, so that the cell needs no file', () => {
    expect(read('at,sender\n1,2\n')().traffic.pager.trace).toEqual({
      file: 'day.csv',
      rows: [[1e9, 2, -1, -1]],
    });
  });

  test('shows a fault of the trace at its line', () => {
    expect(read('at\nnever\n')).toThrow(ScenarioError);
    expect(read('at\nnever\n')).toThrow('day.csv:2:1  error  "never" is not an instant');
  });

  test('names users and sizes that exist', () => {
    expect(read('at,sender\n1,5\n')).toThrow('row 1 of the trace names user 5, but users are 0 to 4');
    expect(read('at,sender,recipient\n1,2,2\n')).toThrow('user 2 writes to herself');
    expect(read('at,octets\n1,300000000\n')).toThrow('row 1 of the trace: 300000000 octets');
  });

  test('offers something within its time', () => {
    expect(read('at\n10.5\n')).toThrow('no message is ever offered');
  });
});
