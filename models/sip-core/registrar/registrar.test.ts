import { describe, expect, it } from 'vitest';
import { Observed } from '../../observations.js';
import {
  answer,
  contactOf,
  CoreBench,
  firstLine,
  lines,
  valuesOf,
  type RegisterOptions,
} from '../testing.js';

/** Status line and headers of the answer to a REGISTER; third-party requests are answered and left out. */
function registerOnce(bench: CoreBench, user: number, options: RegisterOptions = {}): string {
  bench.fromClient(user, bench.registerText(user, options), options.port ?? 5060);
  let response = '';
  for (const sent of bench.take()) {
    if (sent.text.startsWith('SIP/2.0')) response = sent.text;
    else bench.fromServer(answer(sent.text, 200));
  }
  bench.take();
  return response;
}

describe('registrar (RFC 3261 section 10.3)', () => {
  it('answers 200 with the binding, Date, both identities and Flow-Timer, octet for octet', () => {
    const bench = new CoreBench();
    bench.fromClient(7, bench.registerText(7, { extra: ['Supported: outbound'] }));
    const [response, thirdParty] = bench.take();
    expect(response.to).toBe('10.16.0.7:5060');
    expect(response.text.replace(/tag=[0-9a-f]{8}(?=\r\nCall)/, 'tag=T')).toBe(
      lines(
        'SIP/2.0 200 OK',
        'Via: SIP/2.0/UDP 10.16.0.7:5060;rport=5060;branch=z9hG4bKr7x1;received=10.16.0.7',
        'From: <sip:u7@ims.example>;tag=f7',
        'To: <sip:u7@ims.example>;tag=T',
        'Call-ID: reg7',
        'CSeq: 1 REGISTER',
        'Contact: <sip:u7@10.16.0.7:5060>;+g.oma.sip-im;+sip.instance="<urn:uuid:7-5060>";reg-id=1;expires=3600',
        'Date: Sun, 09 Sep 2001 01:46:40 GMT',
        'P-Associated-URI: <sip:u7@ims.example>, <sip:q7NeVeRx00000007@ims.example>',
        'Require: outbound',
        'Flow-Timer: 25',
        'Content-Length: 0',
        '',
        '',
      ),
    );
    expect(firstLine(thirdParty.text)).toBe('REGISTER sip:im.ims.example SIP/2.0');
  });

  it('RFC 5626 section 6: says Flow-Timer only where outbound is in force', () => {
    const bench = new CoreBench();
    const supported = { extra: ['Supported: outbound'] };
    expect(valuesOf(registerOnce(bench, 7, supported), 'Flow-Timer')).toEqual(['25']);
    expect(valuesOf(registerOnce(bench, 7), 'Flow-Timer')).toEqual([]);
    expect(valuesOf(registerOnce(bench, 7, { contacts: [], ...supported }), 'Flow-Timer')).toEqual([]);
  });

  it('does not tell the alias when it is a canary that no octets to a client may hold', () => {
    const bench = new CoreBench({ canaries: true });
    expect(valuesOf(registerOnce(bench, 7), 'P-Associated-URI')).toEqual(['<sip:u7@ims.example>']);
  });

  it('T9: takes the lifetime from the parameter, else Expires, else its own, and cuts what is too long', () => {
    const bench = new CoreBench();
    const expiresOf = (options: RegisterOptions) =>
      / *;expires=(\d+)$/.exec(valuesOf(registerOnce(bench, 7, options), 'Contact')[0])?.[1];
    const contact = `Contact: ${contactOf(7)}`;
    expect(expiresOf({ contacts: [`${contact};expires=100`], extra: ['Expires: 200'] })).toBe('100');
    expect(expiresOf({ extra: ['Expires: 200'] })).toBe('200');
    expect(expiresOf({})).toBe('3600');
    expect(expiresOf({ extra: ['Expires: 999999'] })).toBe('3600');
  });

  it('lists the remaining lifetime, and answers a query without Contact', () => {
    const bench = new CoreBench({ flowTimeoutNs: 1e12 });
    bench.register(7);
    bench.advance(100.5);
    expect(valuesOf(registerOnce(bench, 7, { contacts: [] }), 'Contact')).toEqual([
      `${contactOf(7)};expires=3500`,
    ]);
  });

  it('T9: answers 423 with Min-Expires to a lifetime that is too short, and binds nothing', () => {
    const bench = new CoreBench();
    const response = registerOnce(bench, 7, { extra: ['Expires: 59'] });
    expect(firstLine(response)).toBe('SIP/2.0 423 Interval Too Brief');
    expect(valuesOf(response, 'Min-Expires')).toEqual(['60']);
    expect(bench.ports.emitted).toEqual([]);
  });

  it('answers 404 to an unknown user and domain, 403 to the address of another and from elsewhere', () => {
    const bench = new CoreBench();
    const status = (options: RegisterOptions) => firstLine(registerOnce(bench, 7, options)).slice(8, 11);
    expect(status({ to: '<sip:u100@ims.example>' })).toBe('404');
    expect(status({ to: '<sip:bob@ims.example>' })).toBe('404');
    expect(status({ to: '<sip:u7@other.example>' })).toBe('404');
    expect(status({ to: '<sip:u8@ims.example>' })).toBe('403');
    expect(status({ to: '"U" <sip:%757@IMS.Example;user=x>' })).toBe('200');
    bench.fromServer(bench.registerText(9));
    expect(firstLine(bench.takeOne().text).slice(8, 11)).toBe('403');
  });

  it('answers 420 to an extension that it does not know', () => {
    const bench = new CoreBench();
    const response = registerOnce(bench, 7, { extra: ['Require: outbound, foo', 'Require: path'] });
    expect(firstLine(response)).toBe('SIP/2.0 420 Bad Extension');
    expect(valuesOf(response, 'Unsupported')).toEqual(['foo, path']);
  });

  it('treats Contact: * as the RFC says: alone, with Expires 0, or 400', () => {
    const bench = new CoreBench();
    const status = (options: RegisterOptions) => firstLine(registerOnce(bench, 7, options)).slice(8, 11);
    bench.register(7);
    expect(status({ contacts: ['Contact: *'] })).toBe('400');
    expect(status({ contacts: ['Contact: *'], extra: ['Expires: 5'] })).toBe('400');
    expect(status({ contacts: ['Contact: *', `Contact: ${contactOf(7)}`], extra: ['Expires: 0'] })).toBe(
      '400',
    );
    const response = registerOnce(bench, 7, { contacts: ['Contact: *'], extra: ['Expires: 0'] });
    expect(firstLine(response)).toBe('SIP/2.0 200 OK');
    expect(valuesOf(response, 'Contact')).toEqual([]);
    expect(bench.ports.emitted.at(-1)).toEqual([Observed.bindingRemoved, 7, 0, 1, 0]);
  });

  it('T9: refuses an old CSeq of the same Call-ID as a whole, and takes it with another Call-ID', () => {
    const bench = new CoreBench();
    bench.register(7, { cseq: 10 });
    const second = `Contact: <sip:u7@10.16.0.7:5070>`;
    const both = { cseq: 9, contacts: [second, `Contact: ${contactOf(7)}`] };
    expect(
      firstLine(registerOnce(bench, 7, { ...both, contacts: [`Contact: ${contactOf(7)}`, second] })),
    ).toContain(' 400 ');
    const stale = { cseq: 8, contacts: [`${second};expires=0`, `Contact: ${contactOf(7)}`] };
    expect(firstLine(registerOnce(bench, 7, stale))).toContain(' 500 ');
    expect(valuesOf(registerOnce(bench, 7, { cseq: 3, callId: 'new' }), 'Contact')).toHaveLength(1);
  });

  it('keeps several devices apart by instance and reg-id, and replaces one by itself', () => {
    const bench = new CoreBench();
    bench.register(7);
    const two = registerOnce(bench, 7, { port: 5070, callId: 'dev2' });
    expect(valuesOf(two, 'Contact')).toHaveLength(2);
    const moved = `Contact: <sip:u7@10.16.0.7:6000>;+sip.instance="<urn:uuid:7-5070>";reg-id=1`;
    const again = registerOnce(bench, 7, { contacts: [moved], callId: 'dev2', port: 6000, cseq: 20 });
    expect(valuesOf(again, 'Contact').map((contact) => contact.slice(0, 24))).toEqual([
      '<sip:u7@10.16.0.7:6000>;',
      '<sip:u7@10.16.0.7:5060>;',
    ]);
    expect(bench.ports.emitted.at(-1)).toEqual([Observed.bindingAdded, 7, 0, 3600, 2]);
  });

  it('compares Contacts without an instance by URI', () => {
    const bench = new CoreBench();
    registerOnce(bench, 7, { contacts: ['m: <sip:U7@10.16.0.7:5060;transport=udp>'] });
    const response = registerOnce(bench, 7, {
      contacts: ['Contact: <sip:U7@10.16.0.7:5060;Transport=UDP>;q=0.5'],
    });
    expect(valuesOf(response, 'Contact')).toEqual([
      '<sip:U7@10.16.0.7:5060;Transport=UDP>;q=0.5;expires=3600',
    ]);
  });

  it('drops a binding whose lifetime is over', () => {
    const bench = new CoreBench({ flowTimeoutNs: 1e13 });
    bench.register(7, { extra: ['Expires: 100'] });
    bench.advance(99.999);
    expect(bench.ports.emitted.at(-1)?.[0]).toBe(Observed.bindingAdded);
    bench.advance(0.001);
    expect(bench.ports.emitted.at(-1)).toEqual([Observed.bindingRemoved, 7, 0, 0, 0]);
  });
});

describe('storm of registrations (rules section 5)', () => {
  it('lets a second worth of burst in and then the rate, and answers the rest 503 with Retry-After', () => {
    const bench = new CoreBench({ registersPerSecond: 10 });
    const admitted = (from: number, to: number) => {
      let count = 0;
      for (let user = from; user < to; user++) {
        const response = registerOnce(bench, user);
        if (firstLine(response) === 'SIP/2.0 200 OK') count++;
        else {
          expect(firstLine(response)).toBe('SIP/2.0 503 Service Unavailable');
          const seconds = Number(valuesOf(response, 'Retry-After')[0]);
          expect(seconds).toBeGreaterThanOrEqual(5);
          expect(seconds).toBeLessThan(15);
        }
      }
      return count;
    };
    expect(admitted(0, 40)).toBe(10);
    bench.advance(0.5);
    expect(admitted(40, 60)).toBe(5);
    bench.advance(5);
    expect(admitted(60, 99)).toBe(10);
  });
});

describe('keep-alive and flow failure (RFC 5626 sections 5.4 and 8)', () => {
  const STUN = '\x00\x01\x00\x00\x21\x12\xa4\x42ABCDEFGHIJKL';

  it('answers STUN of a bound flow with the mapped address, and of no other', () => {
    const bench = new CoreBench();
    bench.register(7);
    bench.fromClient(7, STUN);
    const { to, text } = bench.takeOne();
    expect(to).toBe('10.16.0.7:5060');
    // 5060 ^ 0x2112 and 10.16.0.7 ^ 0x2112a442 (RFC 5389 section 15.2).
    const mapped = '\x00\x20\x00\x08\x00\x01\x32\xd6\x2b\x02\xa4\x45';
    expect(text).toBe(`\x01\x01\x00\x0c\x21\x12\xa4\x42ABCDEFGHIJKL${mapped}`);
    bench.fromClient(8, STUN);
    bench.fromClient(7, STUN, 5061);
    expect(bench.take()).toEqual([]);
  });

  it('refuses STUN with attributes that have to be known and are not, and says which (RFC 5389 sections 7.3.1, 15.6, 15.9)', () => {
    const bench = new CoreBench();
    bench.register(7);
    const id = '\x21\x12\xa4\x42ABCDEFGHIJKL';
    // CHANGE-REQUEST of RFC 3489 and RESPONSE-PORT of RFC 5780, with SOFTWARE, which needs no understanding, between them.
    const asked = '\0\x03\0\x04\0\0\0\x06' + '\x80\x22\0\x01x\0\0\0' + '\0\x27\0\x04\x13\xc4\0\0';
    bench.fromClient(7, `\0\x01\0\x18${id}${asked}`);
    const code = '\0\x09\0\x15\0\0\x04\x14Unknown Attribute\0\0\0';
    expect(bench.takeOne()).toMatchObject({
      to: '10.16.0.7:5060',
      text: `\x01\x11\0\x24${id}${code}\0\x0a\0\x04\0\x03\0\x27`,
    });
    bench.fromClient(8, `\0\x01\0\x18${id}${asked}`);
    expect(bench.take()).toEqual([]);
  });

  it('drops the binding exactly flowTimeout after the last sign of life, whatever that was', () => {
    const bench = new CoreBench();
    bench.register(7);
    const signs = [STUN, '\r\n\r\n', 'SIP/2.0 200 nobody asked\r\n\r\n'];
    for (const sign of signs) {
      bench.advance(29);
      bench.fromClient(7, sign);
    }
    bench.advance(29.999);
    expect(bench.ports.emitted).toHaveLength(1);
    bench.advance(0.001);
    expect(bench.ports.emitted.at(-1)).toEqual([Observed.bindingRemoved, 7, 0, 2, 0]);
  });

  it('has one timer for a binding, however many keep-alives come', () => {
    const bench = new CoreBench();
    bench.register(7);
    bench.advance(6);
    const before = bench.ports.timers;
    for (let i = 0; i < 50; i++) bench.fromClient(7, STUN);
    expect(bench.ports.timers).toBe(before);
  });

  it('charges the CPU by kind of work, and drops keep-alives that find the queue full', () => {
    const bench = new CoreBench();
    bench.register(7);
    bench.fromClient(7, STUN);
    expect(bench.ports.spent).toEqual([2, 1, 3]);
    bench.take();
    bench.ports.slow = true;
    bench.ports.queueLimit = 1;
    bench.fromClient(7, STUN);
    bench.fromClient(7, STUN);
    bench.ports.serve();
    expect(bench.take()).toHaveLength(1);
  });
});
