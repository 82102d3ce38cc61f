/**
 * RFC 4475: what becomes of each of the 49 messages when a registered client sends it to the SIP/IP Core, and when the Core passes it on
 * to the IM Server: the status that answers it, or silence where none can or may be built. Neither serves the domains that they
 * name, so what is sound gets as far as 404, 481 or 405; OPTIONS as an INVITE would (RFC 3261 section 11.2).
 */
import { describe, expect, it } from 'vitest';
import { CORE_IP } from '../addressing.js';
import { ServerRig } from '../im-server/testing.js';
import { INVALID } from '../wire/sip/rfc4475/invalid.js';
import { LAYERS } from '../wire/sip/rfc4475/layers.js';
import { VALID, type Torture } from '../wire/sip/rfc4475/valid.js';
import { CoreBench } from './testing.js';

const ALL = new Map([...VALID, ...INVALID, ...LAYERS].map((one) => [one.name, one]));
const octetsOf = ({ text, body }: Torture): string => text.replace(/\n/g, '\r\n') + (body ?? '');

/** Statuses that the Core answers to its client 7. */
function byCore(name: string, read = readStatus): string[] {
  const bench = new CoreBench();
  bench.register(7);
  bench.fromClient(7, octetsOf(ALL.get(name)!));
  return bench.take().map(({ text, to }) => {
    expect(to).toMatch(/^10\.16\.0\.7:/);
    return read(text);
  });
}

const readStatus = (text: string): string =>
  text.slice(8, 11) + (/\r\nUnsupported: ([^\r]*)/.exec(text)?.[1] ?? '');

/** What the IM Server answers to the Core. */
function answersOf(torture: Torture): string[] {
  const rig = new ServerRig();
  const { octets, sent } = rig.ports;
  sent.length = 0;
  const text = octetsOf(torture);
  const block = octets.alloc(text.length);
  const start = octets.start(block);
  octets.buf.latin1Write(text, start);
  rig.server.onDatagram(0, CORE_IP, 5060, 5060, block, octets.buf, start, start + text.length);
  octets.release(block);
  return sent.map((one) => one.text);
}

/** Statuses that the IM Server answers to the Core. */
const byServer = (name: string): string[] => answersOf(ALL.get(name)!).map(readStatus);

/** Name, by the Core, by the IM Server; '' is silence. */
const ANSWERED: readonly (readonly [name: string, core: string, server: string])[] = [
  // Section 3.1.1, valid: nobody of these names is served here. An unknown method is 405 to a UAS.
  ['wsinv', '404', '481'],
  ['intmeth', '404', '405'],
  ['esc01', '404', '404'],
  ['escnull', '404', '404'],
  ['esc02', '404', '405'],
  ['lwsdisp', '404', '404'],
  ['longreq', '404', '404'],
  ['dblreq', '404', '404'],
  ['semiuri', '404', '404'],
  ['transports', '404', '404'],
  ['mpart01', '404', '404'],
  // Responses to requests that nobody sent.
  ['unreason', '', ''],
  ['noreason', '', ''],
  // Section 3.1.2, invalid: 400 where the host in Via can be read; responses are dropped.
  ['badinv01', '400', '400'],
  ['clerr', '400', '400'],
  ['ncl', '400', '400'],
  ['scalar02', '400', '400'],
  ['scalarlg', '', ''],
  ['quotbal', '400', '400'],
  ['ltgtruri', '400', '400'],
  ['lwsruri', '400', '400'],
  ['lwsstart', '400', '400'],
  ['trws', '400', '400'],
  ['escruri', '400', '400'],
  // A date that nobody needs is no reason to refuse (A7).
  ['baddate', '404', '404'],
  ['regbadct', '400', '400'],
  ['badaspec', '400', '400'],
  ['baddn', '400', '400'],
  ['badvers', '505', '505'],
  ['mismatch01', '400', '400'],
  ['mismatch02', '400', '400'],
  ['bigcode', '', ''],
  // Section 3.2: the transaction layer takes the bare cookie for a branch of RFC 2543.
  ['badbranch', '404', '404'],
  // Section 3.3: the application layer.
  ['insuf', '400', '400'],
  ['unkscm', '416', '416'],
  ['novelsc', '416', '416'],
  // A registrar wants a SIP URI in To; the IM Server is none.
  ['unksm2', '400', '404'],
  ['bext01', '420noProxiesSupportThis, norDoAnyProxiesSupportThis', '404'],
  ['invut', '404', '404'],
  ['regaut01', '404', '404'],
  ['multi01', '400', '400'],
  ['mcl01', '400', '400'],
  ['bcast', '', ''],
  // A proxy may answer the OPTIONS that it must not forward (RFC 3261 section 16.3 item 3); a UAS does not count (section 8.2).
  ['zeromf', '200', '404'],
  ['cparam01', '404', '404'],
  ['cparam02', '404', '404'],
  ['regescrt', '404', '404'],
  ['sdp01', '404', '404'],
  // Section 3.4: RFC 2543.
  ['inv2543', '404', '404'],
];

/** The message as if its user were served here: what depends on the request, not on whom it names. */
function forServed(name: string): Torture {
  const torture = ALL.get(name)!;
  return { ...torture, text: torture.text.replace(/sip:[a-z_.]+@example\.com/g, 'sip:u8@ims.example') };
}

describe('RFC 4475: each of the 49 messages is answered as it should be', () => {
  it('all 49 are here, by name', () => {
    expect(ANSWERED.map(([name]) => name).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
      [...ALL.keys()].toSorted((a, b) => (a < b ? -1 : 1)),
    );
    expect(ANSWERED).toHaveLength(49);
  });

  it.each(ANSWERED)('%s: the Core says "%s", the IM Server "%s"', (name, core, server) => {
    expect([byCore(name).join(), byServer(name).join()]).toEqual([core, server]);
  });

  it('badinv01: the Via that cannot be read goes back as it came', () => {
    const [answer] = byCore('badinv01', (text) => text);
    expect(answer).toContain('\r\nVia: SIP/2.0/UDP 192.0.2.15;;,;,,\r\n');
  });

  it('insuf: the answer has what there is', () => {
    const [answer] = byCore('insuf', (text) => text);
    expect(answer.split('\r\n').map((line) => line.split(' ')[0])).toEqual([
      'SIP/2.0',
      'Via:',
      'CSeq:',
      'Content-Length:',
      '',
      '',
    ]);
  });

  it('baddn, as the archive of the RFC has it, without its empty line: 400', () => {
    const baddn = ALL.get('baddn')!;
    const open = baddn.text.slice(0, -1);
    expect(open.endsWith('l: 0\n')).toBe(true);
    expect(answersOf({ ...baddn, text: open }).map(readStatus)).toEqual(['400']);
  });

  it('bext01, to a user who is served: 420, and what was not known (section 3.3.2)', () => {
    expect(answersOf(forServed('bext01')).map(readStatus)).toEqual([
      '420nothingSupportsThis, nothingSupportsThisEither',
    ]);
  });

  it('invut, to a user who is served: 415, and what would be taken (section 3.3.6)', () => {
    const [answer] = answersOf(forServed('invut'));
    expect(readStatus(answer)).toBe('415');
    expect(answer).toContain('\r\nAccept: application/sdp\r\n');
  });

  it('sdp01, to a user who is served: 406, for the answer could hold no SDP (section 3.3.15)', () => {
    expect(answersOf(forServed('sdp01')).map(readStatus)).toEqual(['406']);
    // With SDP among what is taken it is the offer that does not fit: audio, and no MSRP.
    for (const accept of ['text/nobodyKnowsThis, application/sdp', 'application/*;q=0.1', '*/*']) {
      const fit = forServed('sdp01');
      const text = fit.text.replace('text/nobodyKnowsThis', accept);
      expect(answersOf({ ...fit, text }).map(readStatus)).toEqual(['488']);
    }
  });
});
