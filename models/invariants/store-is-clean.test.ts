import { describe, expect, test } from 'vitest';
import { mark, NEVER_CANARY } from '../marks.js';
import { Observed } from '../observations.js';
import type { StoreRules } from './readers/store-rules.js';
import { ASSERTED_LINES, Bench, record, request, S, SENT_LINES, without } from './testing.js';

/** What is violated once message 7 is stored with these lines. */
function stored(lines: readonly string[], body: string | undefined, bench: Bench): string[] {
  return bench.see(Observed.stored, 2, 0, 2 * S, 0, record(lines, body), 2).violated();
}

describe('I1, A3: the store of an operator with rules of his own', () => {
  const NETWORK = `P-Access-Network-Info: 3GPP;cell=${mark(NEVER_CANARY, 5)}`;
  const violates = (line: string, storeRules: StoreRules, lines = SENT_LINES) => {
    const bench = new Bench({ storeRules }).see(Observed.sent, 1, 7, 2, 0, request(lines), 1);
    return stored([...without(ASSERTED_LINES, 'Subject'), line, 'Subject: Lunch'], undefined, bench);
  };
  const rules = (...names: StoreRules['stored']): StoreRules => ({ neverStore: [], stored: names });

  test('has what he wants there, and nothing else of what never is', () => {
    expect(violates(NETWORK, rules('network'))).toEqual([]);
    expect(violates('P-Preferred-Identity: <sip:u1@ims.example>', rules('hints'))).toEqual([]);
    expect(violates('y: signature', rules('credentials'))).toEqual([]);
    expect(violates(NETWORK, rules('hints', 'credentials'))).toContain('I1');
    expect(violates('P-Charging-Vector: icid-value=1', rules('network', 'hints', 'credentials'))).toContain(
      'I1',
    );
    expect(violates(`X-Trace: ${mark(NEVER_CANARY, 5)}`, rules('network'))).toContain('I1');
  });

  test('N9: has none of it of an anonymous sender', () => {
    expect(violates(NETWORK, rules('network'), [...SENT_LINES, 'Privacy: id'])).toContain('I1');
  });

  test('has it of what no client sent too, as a notification of the server, but not without an identity', () => {
    const notification = (lines: readonly string[]): string[] =>
      stored([...lines, NETWORK], 'no mark of a message', new Bench({ storeRules: rules('network') }));
    expect(notification(ASSERTED_LINES)).not.toContain('I1');
    expect(notification(SENT_LINES)).toContain('I1');
  });

  test('has nothing of what he never wants stored, by name or by family', () => {
    const never: StoreRules = { neverStore: ['X-Bill', 'P-Op-*'], stored: [] };
    expect(violates('x-BILL: 7', never)).toEqual(['I1']);
    expect(violates('P-Op-Zone: 7', never)).toEqual(['I1']);
    expect(violates('X-Bills: 7', never)).toEqual([]);
  });
});
