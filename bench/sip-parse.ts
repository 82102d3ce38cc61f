/** SIP parsing: a MESSAGE of 14 header fields and 821 octets, beside the fastest parser of the npm registry. */
import { createRequire } from 'node:module';
import { Framing, parseSip } from '../models/wire/sip/parse.js';
import { SipFault } from '../models/wire/sip/faults.js';
import { SipMessage } from '../models/wire/sip/message.js';
import type { Candidate } from './measure.js';

const HEAD = [
  'MESSAGE sip:u1234@ims.example SIP/2.0',
  'Via: SIP/2.0/UDP core.ims.example:5060;branch=z9hG4bKnashds8a1b2c3d4e5f60718',
  'Via: SIP/2.0/UDP 10.16.4.210:5060;branch=z9hG4bK776asdhds93fa2b11c0d9e8f7;rport=5060',
  'Max-Forwards: 69',
  'From: <sip:u77@ims.example>;tag=9fxced76sl01',
  'To: <sip:u1234@ims.example>',
  'Call-ID: 3848276298220188511@10.16.0.77',
  'CSeq: 4711 MESSAGE',
  'P-Asserted-Identity: <sip:u77@ims.example>',
  'P-Charging-Vector: icid-value=AyretyU0dm+6O2IrT5tAFrbHLso=023551024',
  'Date: Mon, 05 Jan 2026 08:00:01 GMT',
  'User-Agent: bench/1.0 (a client with a name)',
  'Content-Type: text/plain;charset=utf-8',
  'Expires: 86400',
];

/** The message, filled up to 821 octets by its body. */
function message(): string {
  const head = (length: number): string => `${HEAD.join('\r\n')}\r\nContent-Length: ${length}\r\n\r\n`;
  const octets = 821 - head(100).length;
  return head(octets) + 'x'.repeat(octets);
}

const TEXT = message();
const OCTETS = Buffer.from(TEXT, 'latin1');
const ROUND = 20_000;

const peer = createRequire(import.meta.url)('sip-parsing') as { parse(text: string): Record<string, string> };

export const sipParse: readonly Candidate[] = [
  {
    name: 'SIP parse, restante',
    unit: 'messages',
    round() {
      const out = new SipMessage();
      let headers = 0;
      for (let i = 0; i < ROUND; i++) {
        const fault = parseSip(OCTETS, 0, OCTETS.length, Framing.datagram, out);
        if (fault !== SipFault.none) throw new Error(`fault ${fault}`);
        headers += out.headerCount;
      }
      if (headers !== ROUND * HEAD.length) throw new Error('wrong number of headers');
      return ROUND;
    },
  },
  {
    name: 'SIP parse, sip-parsing (npm)',
    unit: 'messages',
    round() {
      const rounds = ROUND / 10;
      for (let i = 0; i < rounds; i++) {
        const parsed = peer.parse(OCTETS.toString('latin1'));
        if (parsed.$ci !== '3848276298220188511@10.16.0.77') throw new Error('wrong Call-ID');
      }
      return rounds;
    },
  },
];
