import { describe, expect, it } from 'vitest';
import { SipContact, parseContact } from '../values/address.js';
import { SipFault, faultStatus } from '../faults.js';
import { Header } from '../head/header-names.js';
import { ListCursor } from '../values/list.js';
import { SipMessage } from '../message.js';
import { Method } from '../head/methods.js';
import { Framing, parseSip } from '../parse.js';
import { UriScheme } from '../values/uri.js';
import { canBeAnswered, validate } from '../validate.js';
import { INVALID } from './invalid.js';
import { LAYERS } from './layers.js';
import { VALID } from './valid.js';

const ALL = [...VALID, ...INVALID, ...LAYERS];

/** Parses and validates the message of this name as a datagram. */
function judge(name: string): SipMessage {
  const torture = ALL.find((one) => one.name === name);
  if (torture === undefined) throw new Error(`no message ${name}`);
  const octets = Buffer.from(torture.text.replace(/\n/g, '\r\n') + (torture.body ?? ''), 'latin1');
  const message = new SipMessage();
  parseSip(octets, 0, octets.length, Framing.datagram, message);
  validate(message);
  return message;
}

/** Name, status that answers it (0: sound; -1: dropped, for it is a response), fault. */
const REFUSED: readonly (readonly [string, number, SipFault])[] = [
  ['badinv01', 400, SipFault.via],
  ['clerr', 400, SipFault.bodyShort],
  ['ncl', 400, SipFault.contentLength],
  ['scalar02', 400, SipFault.scalarRange],
  ['scalarlg', -1, SipFault.scalarRange],
  ['quotbal', 400, SipFault.headerValue],
  ['ltgtruri', 400, SipFault.requestUri],
  ['lwsruri', 400, SipFault.startLine],
  ['lwsstart', 400, SipFault.startLine],
  ['trws', 400, SipFault.startLine],
  ['escruri', 400, SipFault.requestUri],
  ['regbadct', 400, SipFault.headerValue],
  ['badaspec', 400, SipFault.headerValue],
  ['baddn', 400, SipFault.headerValue],
  ['badvers', 505, SipFault.version],
  ['mismatch01', 400, SipFault.cseqMethod],
  ['mismatch02', 400, SipFault.cseqMethod],
  ['bigcode', -1, SipFault.status],
  ['unkscm', 416, SipFault.scheme],
  ['novelsc', 416, SipFault.scheme],
  ['multi01', 400, SipFault.repeatedOnce],
  ['mcl01', 400, SipFault.contentLength],
];

/** Sound for the codec; what the layers above make of it is theirs (420, 415, 406, 483, 501, 404, a response not ours). */
const SOUND: readonly string[] = VALID.map((one) => one.name).concat(
  'badbranch unksm2 bext01 invut regaut01 bcast zeromf cparam01 cparam02 regescrt sdp01 inv2543 baddate'.split(
    ' ',
  ),
);

describe('RFC 4475: torture messages', () => {
  it('all 49 are there, and each has a verdict', () => {
    expect(ALL.length).toBe(49);
    const judged = [...SOUND, ...REFUSED.map(([name]) => name), 'insuf'];
    expect(new Set(judged)).toEqual(new Set(ALL.map((one) => one.name)));
    expect(judged.length).toBe(49);
  });

  it.each(SOUND)('%s is sound', (name) => {
    const message = judge(name);
    expect([message.fault, message.faultOffset - message.start]).toEqual([SipFault.none, 0]);
  });

  it.each(REFUSED)('%s is refused with %i', (name, status, fault) => {
    const message = judge(name);
    expect(message.fault).toBe(fault);
    expect(canBeAnswered(message) ? faultStatus(message.fault) : -1).toBe(status);
  });

  it('insuf lacks Call-ID, From and To: a fault, and Via and CSeq are enough for an answer', () => {
    const message = judge('insuf');
    expect([message.fault, canBeAnswered(message)]).toEqual([SipFault.mandatoryMissing, true]);
  });

  it('wsinv: white space, folding, compact forms and case all mean what they mean', () => {
    const message = judge('wsinv');
    const { buf } = message;
    const to = message.to();
    expect(to && buf.toString('latin1', to.tagStart, to.tagEnd)).toBe('1918181833n');
    expect(message.cseq()).toMatchObject({ number: 9, method: Method.invite });
    const via = message.topVia();
    expect(via && [buf.toString('latin1', via.hostStart, via.hostEnd), via.hasCookie]).toEqual([
      '192.0.2.2',
      false,
    ]);
    const vias: string[] = [];
    const list = new ListCursor().open(message, Header.via);
    while (list.next()) vias.push(buf.toString('latin1', list.start, list.end).replace(/\s+/g, ''));
    expect(vias).toEqual([
      'SIP/2.0/UDP192.0.2.2;branch=390skdjuw',
      'SIP/2.0/TCPspindle.example.com;branch=z9hG4bK9ikj8',
      'SIP/2.0/UDP192.168.255.111;branch=z9hG4bK30239',
    ]);
    const contact = new SipContact();
    const i = message.find(Header.contact);
    expect(parseContact(buf, message.valueStart[i], message.valueEnd[i], contact)).toBe(SipFault.none);
    expect(contact.qThousandths).toBe(330);
    expect(message.textOf(Header.subject)).toBe('');
    expect(message.text(message.find(Header.unknown))).toBe('newfangled value continued newfangled value');
    expect(message.bodyOctets).toBe(150);
  });

  it('intmeth: a method, a user part and a display name with everything the grammar allows', () => {
    const message = judge('intmeth');
    const uri = message.uri();
    expect([message.method, uri?.scheme, uri?.hasPassword]).toEqual([Method.unknown, UriScheme.sip, true]);
    expect(uri && message.buf.toString('latin1', uri.hostStart, uri.hostEnd)).toBe('example.com');
    const to = message.to();
    expect(to && message.buf.toString('latin1', to.displayStart, to.displayEnd)).toBe(
      '"BEL:\\\x07 NUL:\\\x00 DEL:\\\x7F"',
    );
  });

  it('esc02: an escaped method and an escaped header name are other names', () => {
    const message = judge('esc02');
    expect([message.method, message.count(Header.contact), message.count(Header.unknown)]).toEqual([
      Method.unknown,
      2,
      1,
    ]);
  });

  it('dblreq: a datagram is one message, and octets after its body are nobody’s', () => {
    const message = judge('dblreq');
    expect([message.method, message.bodyOctets, message.count(Header.via)]).toEqual([Method.register, 0, 1]);
    expect(message.end).toBeLessThan(message.buf.length);
  });

  it('mpart01: a binary body is taken to the octet', () => {
    const message = judge('mpart01');
    expect(message.bodyOctets).toBe(94);
    expect(message.buf.toString('latin1', message.bodyStart, message.bodyEnd)).toContain(
      '\x00\x82\x30\r\n\r\n\n\xff\x80',
    );
  });

  it('semiuri: a semicolon in the user part is no parameter', () => {
    const message = judge('semiuri');
    const uri = message.uri();
    expect(uri && message.buf.toString('latin1', uri.userStart, uri.userEnd)).toBe(
      'user;par=u%40example.net',
    );
  });

  it('cparam01 and cparam02: a parameter outside of brackets is the header’s, inside it is the URI’s', () => {
    const spans = ['cparam01', 'cparam02'].map((name) => {
      const message = judge(name);
      const contact = new SipContact();
      const i = message.find(Header.contact);
      parseContact(message.buf, message.valueStart[i], message.valueEnd[i], contact);
      return message.buf.toString('latin1', contact.uriStart, contact.uriEnd);
    });
    expect(spans).toEqual([
      'sip:+19725552222@gw1.example.net',
      'sip:+19725552222@gw1.example.net;unknownparam',
    ]);
  });

  it('badbranch: the bare cookie is no branch of RFC 3261', () => {
    expect(judge('badbranch').topVia()?.hasCookie).toBe(false);
  });
});
