/** What the registrar refuses (RFC 3261 section 10.3), each time as a whole: no binding comes, changes or goes. */
import { describe, expect, it } from 'vitest';
import { Observed } from '../../observations.js';
import { contactOf, CoreBench, firstLine, valuesOf, type RegisterOptions } from '../testing.js';

function send(bench: CoreBench, text: string): string {
  bench.fromClient(7, text);
  return bench.take().find(({ text: sent }) => sent.startsWith('SIP/2.0'))?.text ?? '';
}

const register = (bench: CoreBench, options: RegisterOptions = {}): string =>
  send(bench, bench.registerText(7, options));

const statusOf = (response: string): number => Number(firstLine(response).slice(8, 11));

/** Contacts that the Core has of user 7, and what it told of them. */
function bindingsOf(bench: CoreBench): readonly [string[], number] {
  const { emitted } = bench.ports;
  const told = emitted.filter(([kind]) => kind === Observed.bindingAdded || kind === Observed.bindingRemoved);
  return [valuesOf(register(bench, { contacts: [], callId: 'query' }), 'Contact'), told.length];
}

/** The status of this request at a Core where user 7 is registered, at which it may change nothing. */
function refused(options: RegisterOptions, edit = (text: string) => text): number {
  const bench = new CoreBench({ flowTimeoutNs: 1e13 });
  bench.register(7, { cseq: 10 });
  const before = bindingsOf(bench);
  const status = statusOf(send(bench, edit(bench.registerText(7, { callId: 'new', ...options }))));
  expect(bindingsOf(bench)).toEqual(before);
  return status;
}

const PLAIN = '<sip:u7@10.16.0.7:5070>';
const contacts = (...values: readonly string[]) => ({ contacts: values.map((value) => `Contact: ${value}`) });

describe('a REGISTER is refused as a whole', () => {
  it.each<[string, RegisterOptions]>([
    ['a Contact does not read', contacts(PLAIN, '<sip:u7@10.16.0.7')],
    ['the URI of a Contact does not', contacts(PLAIN, '<sip:@:5060>')],
    [
      'a Contact is longer than anybody needs',
      contacts(PLAIN, `<sip:u7@10.16.0.7:5071>;x="${'x'.repeat(2048)}"`),
    ],
    ['there are two flows (RFC 5626 section 6)', contacts(contactOf(7), contactOf(7, 5070))],
    ['there is a flow and another Contact', contacts(contactOf(7), PLAIN)],
    ['two Contacts are *', { ...contacts('*', '*'), extra: ['Expires: 0'] }],
    ['To has no URI', { to: '<sip:u7@ims.example' }],
    ['the URI in To does not read', { to: '<sip:@>' }],
    ['To names a telephone', { to: '<tel:+1234567>' }],
  ])('with 400 if %s', (_why, options) => expect(refused(options)).toBe(400));

  it('with 416 and 404 by its Request-URI', () => {
    const to = (uri: string) => refused({}, (text) => text.replace('sip:ims.example', uri));
    expect(to('tel:+1234567')).toBe(416);
    expect(to('sip:other.example')).toBe(404);
    expect(to('sip:')).toBe(400);
  });

  it('with 500 if the CSeq of any binding that * would remove is not lower (step 6)', () => {
    const star = { ...contacts('*'), extra: ['Expires: 0'] };
    expect(refused({ ...star, callId: 'reg7', cseq: 9 })).toBe(500);
    // Another registration of hers, with a Call-ID of its own, does not hinder; the first one still does.
    const bench = new CoreBench({ flowTimeoutNs: 1e13 });
    bench.register(7, { cseq: 10 });
    bench.register(7, { cseq: 3, callId: 'dev2', port: 5070 });
    expect(statusOf(register(bench, { ...star, callId: 'reg7', cseq: 10 }))).toBe(500);
    expect(bindingsOf(bench)[0]).toHaveLength(2);
    expect(statusOf(register(bench, { ...star, callId: 'reg7', cseq: 11 }))).toBe(200);
    expect(bindingsOf(bench)[0]).toEqual([]);
  });
});

describe('what is no reason to refuse', () => {
  it('a flow that leaves while another comes', () => {
    const bench = new CoreBench({ flowTimeoutNs: 1e13 });
    bench.register(7);
    const swap = contacts(`${contactOf(7)};expires=0`, contactOf(7, 5070));
    expect(statusOf(register(bench, swap))).toBe(200);
    expect(bindingsOf(bench)[0]).toEqual([expect.stringContaining('urn:uuid:7-5070')]);
  });

  it('a malformed lifetime: it counts as an hour (RFC 3261 section 10.2.1.1), in Expires as none', () => {
    const lifetime = (options: RegisterOptions) => {
      const bench = new CoreBench({ flowTimeoutNs: 1e13, registerExpiresNs: 7200e9 });
      return /;expires=(\d+)$/.exec(valuesOf(register(bench, options), 'Contact')[0])?.[1];
    };
    expect(lifetime(contacts(`${PLAIN};expires=soon`))).toBe('3600');
    expect(lifetime({ ...contacts(PLAIN), extra: ['Expires: soon'] })).toBe('7200');
    expect(lifetime(contacts(`${PLAIN};expires=5000`))).toBe('5000');
  });
});
