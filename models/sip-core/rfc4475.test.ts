/**
 * RFC 4475: what becomes of each of the 49 messages when a registered client sends it to the SIP/IP Core, and when the Core passes it on
 * to the IM Server: the status that answers it, or silence where none can or may be built. Neither serves the domains that they
 * name, so what is sound gets as far as 404, 481 or 405; OPTIONS is answered by the IM Server.
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
function byCore(name: string): string[] {
  const bench = new CoreBench();
  bench.register(7);
  bench.fromClient(7, octetsOf(ALL.get(name)!));
  return bench.take().map(({ text, to }) => {
    expect(to).toMatch(/^10\.16\.0\.7:/);
    return text.slice(8, 11) + (/\r\nUnsupported: ([^\r]*)/.exec(text)?.[1] ?? '');
  });
}

/** Statuses that the IM Server answers to the Core. */
function byServer(name: string): string[] {
  const rig = new ServerRig();
  const { octets, sent } = rig.ports;
  sent.length = 0;
  const text = octetsOf(ALL.get(name)!);
  const block = octets.alloc(text.length);
  const start = octets.start(block);
  octets.buf.latin1Write(text, start);
  rig.server.onDatagram(0, CORE_IP, 5060, 5060, block, octets.buf, start, start + text.length);
  octets.release(block);
  return sent.map((one) => one.text.slice(8, 11) + (/\r\nUnsupported: ([^\r]*)/.exec(one.text)?.[1] ?? ''));
}

/** Name, by the Core, by the IM Server; '' is silence. */
const ANSWERED: readonly (readonly [name: string, core: string, server: string])[] = [
  // Section 3.1.1, valid: nobody of these names is served here. An unknown method is 405 to a UAS.
  ['wsinv', '404', '481'],
  ['intmeth', '404', '405'],
  ['esc01', '404', '404'],
  ['escnull', '404', '404'],
  ['esc02', '404', '405'],
  ['lwsdisp', '404', '200'],
  ['longreq', '404', '404'],
  ['dblreq', '404', '404'],
  ['semiuri', '404', '200'],
  ['transports', '404', '200'],
  ['mpart01', '404', '404'],
  // Responses to requests that nobody sent.
  ['unreason', '', ''],
  ['noreason', '', ''],
  // Section 3.1.2, invalid: 400 where the Via can be read; responses are dropped.
  ['badinv01', '', ''],
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
  ['badbranch', '404', '200'],
  // Section 3.3: the application layer.
  ['insuf', '', ''],
  ['unkscm', '416', '416'],
  ['novelsc', '416', '416'],
  ['unksm2', '404', '404'],
  [
    'bext01',
    '420noProxiesSupportThis, norDoAnyProxiesSupportThis',
    '420nothingSupportsThis, nothingSupportsThisEither',
  ],
  ['invut', '404', '404'],
  ['regaut01', '404', '404'],
  ['multi01', '400', '400'],
  ['mcl01', '400', '400'],
  ['bcast', '', ''],
  // A proxy counts to the end, and a UAS does not (RFC 3261 sections 8.2 and 16.3).
  ['zeromf', '483', '200'],
  ['cparam01', '404', '404'],
  ['cparam02', '404', '404'],
  ['regescrt', '404', '404'],
  ['sdp01', '404', '404'],
  // Section 3.4: RFC 2543.
  ['inv2543', '404', '404'],
];

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
});
