/** Bindings of many users at once (RFC 3261 section 10.3, RFC 5626): none is taken for another, whoever came and left before. */
import { describe, expect, it } from 'vitest';
import {
  answer,
  clientIp,
  contactOf,
  CoreBench,
  firstLine,
  valuesOf,
  type RegisterOptions,
} from '../testing.js';

const USERS = 300;
const MANY = { subscribers: USERS, flowTimeoutNs: 1e13 };
const users = Array.from({ length: USERS }, (_, user) => user);

/** The answer to a REGISTER. */
function registered(bench: CoreBench, user: number, options: RegisterOptions = {}): string {
  bench.fromClient(user, bench.registerText(user, options), options.port ?? 5060);
  let response = '';
  for (const { text } of bench.take()) {
    if (text.startsWith('SIP/2.0')) response = text;
    else bench.fromServer(answer(text, 200));
  }
  bench.take();
  return response;
}

/** Contacts of a user without their lifetimes, as a query lists them. */
const bound = (bench: CoreBench, user: number): string[] =>
  valuesOf(registered(bench, user, { contacts: [] }), 'Contact').map((value) =>
    value.replace(/;expires=\d+$/, ''),
  );

describe('three hundred users', () => {
  it('each has the binding that she registered, and a MESSAGE to her goes there', () => {
    const bench = new CoreBench(MANY);
    for (const user of users) registered(bench, user, { port: 6000 + user });
    for (const user of users) {
      expect(bound(bench, user)).toEqual([contactOf(user, 6000 + user)]);
      bench.fromClient(1, bench.messageText(1, user), 6001);
      const [{ to, text }] = bench.take();
      expect([to, firstLine(text)]).toEqual([
        `10.16.${(clientIp(user) >>> 8) & 255}.${user & 255}:${6000 + user}`,
        `MESSAGE sip:u${user}@10.16.${user >> 8}.${user & 255}:${6000 + user} SIP/2.0`,
      ]);
    }
  });

  it('an old CSeq of the same Call-ID is refused to each of them, and leaves her binding', () => {
    const bench = new CoreBench(MANY);
    for (const user of users) registered(bench, user, { cseq: 5 });
    for (const user of users) {
      const gone = [`Contact: ${contactOf(user)};expires=0`];
      expect(firstLine(registered(bench, user, { cseq: 4, contacts: gone }))).toMatch(/^SIP\/2\.0 500 /);
      bench.take();
    }
    // A query has a CSeq of its own.
    for (const user of users) expect(bound(bench, user)).toEqual([contactOf(user)]);
  });

  it('each binding ends at its own instant, and its place is taken by nobody who is there', () => {
    const bench = new CoreBench(MANY);
    for (const user of users) {
      const contacts = [`Contact: ${contactOf(user)};expires=${user % 2 === 0 ? 100 : 1000}`];
      registered(bench, user, { contacts });
    }
    bench.advance(101);
    bench.take();
    for (const user of users) expect(bound(bench, user)).toEqual(user % 2 === 0 ? [] : [contactOf(user)]);
    for (const user of users) registered(bench, user, { port: 7000 + user });
    for (const user of users) {
      const own = [contactOf(user, 7000 + user), ...(user % 2 === 0 ? [] : [contactOf(user)])];
      expect(bound(bench, user)).toEqual(own);
    }
  });
});

it('a device that leaves leaves the other devices of its user alone, and its place goes to one newcomer only', () => {
  const bench = new CoreBench(MANY);
  for (const port of [6001, 6002, 6003]) registered(bench, 7, { port });
  for (const port of [6003, 6002]) {
    registered(bench, 7, { port, contacts: [`Contact: ${contactOf(7, port)};expires=0`] });
  }
  for (const user of [8, 9, 10]) registered(bench, user);
  expect([7, 8, 9, 10].map((user) => bound(bench, user))).toEqual([
    [contactOf(7, 6001)],
    [contactOf(8)],
    [contactOf(9)],
    [contactOf(10)],
  ]);
});

it('an hour is never too brief (RFC 3261 section 10.3, step 7), whatever the registrar would like', () => {
  const bench = new CoreBench({ minExpiresNs: 7200e9, registerExpiresNs: 7200e9 });
  expect(firstLine(registered(bench, 7, { extra: ['Expires: 3599'] }))).toMatch(/ 423 /);
  expect(firstLine(registered(bench, 7, { extra: ['Expires: 3600'] }))).toMatch(/ 200 /);
});
