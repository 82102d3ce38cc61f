import { describe, expect, it } from 'vitest';
import { SessionEnd } from './codes.js';
import type { MsrpOwner } from './owner.js';
import type { ReceivedMessage } from './receiving/received-message.js';
import { TwoOwners, tagOf } from './two-owners.js';

const MESSAGE = { handle: 5 } as ReceivedMessage;

/** An owner that notes each call with its numbers. */
function owner(name: string, calls: string[], lateFailure: boolean): MsrpOwner {
  const note = (what: string, ...numbers: (number | undefined)[]): void => {
    calls.push(`${name} ${what} ${numbers.join(' ')}`);
  };
  const all: MsrpOwner = {
    judgeMessage: (session, tag, _buf, typeStart, typeEnd, total) => {
      note('judge', session, tag, typeStart, typeEnd, total);
      return 415;
    },
    onMessage: (session, tag, message) => {
      note('message', session, tag, message.handle);
      return 413;
    },
    onBound: (session, tag) => note('bound', session, tag),
    onSent: (session, tag, token) => note('sent', session, tag, token),
    onSettled: (session, tag, token, status, octets) => note('settled', session, tag, token, status, octets),
    onEnded: (session, tag, reason) => note('ended', session, tag, reason),
  };
  return lateFailure
    ? { ...all, onLateFailure: (s, tag, token, status) => note('late', s, tag, token, status) }
    : all;
}

describe('two owners behind one MSRP endpoint', () => {
  it.each([0, 1] as const)('owner %i hears of its own sessions, under its own numbers', (which) => {
    const calls: string[] = [];
    const both = new TwoOwners();
    both.serve(owner('zero', calls, true), owner('one', calls, true));
    // Beyond 32 bits: numbers of sessions are never used again, in runs of any length.
    const number = 2 ** 40 + 3;
    const tag = tagOf(which, number);
    expect(both.judgeMessage(9, tag, Buffer.alloc(4), 1, 3, 77)).toBe(415);
    expect(both.onMessage(9, tag, MESSAGE)).toBe(413);
    both.onBound(9, tag);
    both.onSent(9, tag, 4);
    both.onSettled(9, tag, 4, 200, 66);
    both.onLateFailure(9, tag, 4, 408);
    both.onEnded(9, tag, SessionEnd.timeout);
    const name = ['zero', 'one'][which];
    expect(calls).toEqual(
      [
        `judge 9 ${number} 1 3 77`,
        `message 9 ${number} 5`,
        `bound 9 ${number}`,
        `sent 9 ${number} 4`,
        `settled 9 ${number} 4 200 66`,
        `late 9 ${number} 4 408`,
        `ended 9 ${number} ${SessionEnd.timeout}`,
      ].map((call) => `${name} ${call}`),
    );
  });

  it('an owner need not care for late failures', () => {
    const calls: string[] = [];
    const both = new TwoOwners();
    both.serve(owner('zero', calls, false), owner('one', calls, false));
    both.onLateFailure(9, tagOf(1, 1), 4, 408);
    expect(calls).toEqual([]);
  });

  it('a session before its owners were made is a defect', () => {
    expect(() => new TwoOwners().onBound(1, tagOf(0, 1))).toThrow('before its owners');
  });
});
