/** SIP parsing: a MESSAGE of 14 header fields and 821 octets, beside parsers of the npm registry. */
import { Framing, parseSip } from '../models/wire/sip/parse.js';
import { SipFault } from '../models/wire/sip/faults.js';
import { SipMessage } from '../models/wire/sip/message.js';
import type { Candidate } from './measure.js';
import { peer, type JsSipParser, type SipJs, type SipParsing } from './peers.js';

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

/** The message as text and as octets. */
export const SAMPLE_TEXT = message();
export const SAMPLE_OCTETS = Buffer.from(SAMPLE_TEXT, 'latin1');
const OCTETS = SAMPLE_OCTETS;
const ROUND = 20_000;

const CALL_ID = '3848276298220188511@10.16.0.77';

/** A peer that gives the Call-ID of a text. */
function byPeer(name: string, callIdOf: (text: string) => unknown): Candidate {
  return {
    name: `SIP parse, ${name} (npm)`,
    unit: 'messages',
    round() {
      const rounds = ROUND / 10;
      for (let i = 0; i < rounds; i++) {
        if (callIdOf(OCTETS.toString('latin1')) !== CALL_ID) throw new Error('wrong Call-ID');
      }
      return rounds;
    },
  };
}

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
  ...peer<SipJs>('sip', (sip) => byPeer('sip', (text) => sip.parse(text).headers['call-id'])),
  ...peer<JsSipParser>('jssip/lib/Parser', (jssip) =>
    byPeer('jssip', (text) => jssip.parseMessage(text, {})?.call_id),
  ),
  ...peer<SipParsing>('sip-parsing', (parser) => byPeer('sip-parsing', (text) => parser.parse(text).$ci)),
];
