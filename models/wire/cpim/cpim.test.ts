import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CPIM_NAMESPACE, CpimFault, CpimMessage } from './cpim.js';
import { ImdnReader, ImdnStatus, ImdnWriter } from './imdn.js';
import { OctetArena } from '../../../sim/kernel/octets.js';
import { OctetWriter } from '../octet-writer.js';

const IMDN = 'urn:ietf:params:imdn';
const SAMPLE = [
  'From: Alice <im:alice@example.com>',
  'To: Bob <im:bob@example.com>',
  `NS: imdn <${IMDN}>`,
  'imdn.Message-ID: 34jk324j',
  'DateTime: 2006-04-04T12:16:49-05:00',
  'imdn.Disposition-Notification: positive-delivery, negative-delivery',
  '',
  'Content-type: text/plain',
  'Content-length: 12',
  '',
  'Hello World\0',
].join('\r\n');

function parse(text: string): CpimMessage {
  const message = new CpimMessage();
  const buf = Buffer.from('xx' + text, 'utf8');
  message.parse(buf, 2, buf.length);
  return message;
}

describe('message/cpim (RFC 3862, RFC 5438)', () => {
  it('finds the notification headers and leaves the content alone', () => {
    const message = parse(SAMPLE);
    expect(message.fault).toBe(CpimFault.none);
    expect(message.headerCount).toBe(6);
    expect(message.text(message.find('imdn.Message-ID'))).toBe('34jk324j');
    expect(message.find('imdn.message-id')).toBe(-1);
    expect(message.find('Fro')).toBe(-1);
    const text = 'xx' + SAMPLE;
    expect(text.slice(message.contentStart, message.contentEnd)).toBe('Hello World\0');
    expect(text.slice(message.contentHeadersStart, message.contentHeadersEnd)).toBe(
      'Content-type: text/plain\r\nContent-length: 12\r\n',
    );
  });

  it('a namespace counts, not the prefix that a sender gave it (RFC 3862 section 3.4)', () => {
    const message = parse(SAMPLE.replaceAll('imdn.', 'n.').replace('NS: imdn <', 'NS: n <'));
    expect(message.text(message.findByLocalName(IMDN, 'Message-ID'))).toBe('34jk324j');
    expect(message.findByLocalName('urn:other', 'Message-ID')).toBe(-1);
    const preset = parse(SAMPLE.replaceAll('imdn.', '').replace('NS: imdn <', 'NS: <'));
    expect(preset.text(preset.findByLocalName(IMDN, 'Message-ID'))).toBe('34jk324j');
  });

  it('one namespace may have two prefixes', () => {
    const message = parse(SAMPLE.replace('NS: imdn', `NS: first <${IMDN}>\r\nNS: imdn`));
    expect(message.text(message.findByLocalName(IMDN, 'Message-ID'))).toBe('34jk324j');
  });

  it('a prefix stands for what the last NS before it says, and for nothing before the first (section 3.4)', () => {
    const text = [
      'a.Message-ID: too-early',
      'NS: a <urn:other>',
      'a.Message-ID: other',
      `NS: a <${IMDN}>`,
      'a.Message-ID: right',
      'NS: a <urn:other>',
      'a.Disposition-Notification: display',
    ].join('\r\n');
    const message = parse(text + '\r\n\r\n\r\n');
    expect(message.text(message.findByLocalName(IMDN, 'Message-ID'))).toBe('right');
    expect(message.text(message.findByLocalName('urn:other', 'Message-ID'))).toBe('other');
    expect(message.findByLocalName(IMDN, 'Disposition-Notification')).toBe(-1);
  });

  it('From, To and the like have a namespace as well: the default, until another one is declared (sections 3.4 and 4)', () => {
    const message = parse(
      'To: <im:first@a>\r\nNS: <urn:other>\r\nFrom: nobody\r\nNS: c <urn:ietf:params:cpim-headers:>\r\nc.From: <im:a@a>\r\n\r\n\r\n',
    );
    expect(message.text(message.findByLocalName(CPIM_NAMESPACE, 'To'))).toBe('<im:first@a>');
    expect(message.text(message.findByLocalName(CPIM_NAMESPACE, 'From'))).toBe('<im:a@a>');
    expect(message.findByLocalName('urn:other', 'To')).toBe(-1);
    expect(message.findByLocalName('urn:other', 'rom')).toBe(-1);
  });

  it.each([
    ['Subject: the weather will be fine today', 'the weather will be fine today'],
    // The examples of sections 3.3 and 4.6, and parameters of each kind of section 3.6.
    ["Subject:;lang=fr beau temps prevu pour aujourd'hui", "beau temps prevu pour aujourd'hui"],
    ['Subject:;lang=fr;a="b \\" c";d=5 beau temps', 'beau temps'],
    ['Subject: ;-) it is', ';-) it is'],
    ['Subject:;lang=fr', ''],
  ])('parameters are before the space, the value behind it: %s', (line, value) => {
    const message = parse(`${line}\r\n\r\n\r\n`);
    expect(message.text(message.findByLocalName(CPIM_NAMESPACE, 'Subject'))).toBe(value);
  });

  it.each([
    ['Content-Disposition: notification', true],
    ['Content-Disposition:\r\n notification', true],
    ['content-disposition: Notification\r\n\t; handling=optional', true],
    ['Content-Disposition: notifications', false],
    ['Content-Type: text/plain\r\n Content-Disposition: notification', false],
  ])('%j is a notification: %s (RFC 5438 section 7.1.2)', (headers, is) => {
    const reader = new ImdnReader();
    const octets = Buffer.from(`From: <im:a@a>\r\n\r\n${headers}\r\n\r\nx`);
    expect(reader.read(octets, 0, octets.length)).toBe(true);
    expect(reader.isNotification).toBe(is);
  });

  it.each([
    ['<im:bob@example.com>'],
    ['Bob B <im:bob@example.com>'],
    ['"Bob <im:eve@example.com>" <im:bob@example.com>'],
    ['"B \\" <im:eve@example.com>" <im:bob@example.com>'],
  ])('the URI of %s is behind the name, not in it (RFC 3862 section 4)', (value) => {
    const reader = new ImdnReader();
    const octets = Buffer.from(SAMPLE.replace('Bob <im:bob@example.com>', value));
    expect(reader.read(octets, 0, octets.length) && reader.uriOf('To')).toBe(true);
    expect(octets.latin1Slice(reader.uriStart, reader.uriEnd)).toBe('im:bob@example.com');
  });

  it('names each fault, and takes content without headers', () => {
    expect(parse('').fault).toBe(CpimFault.noHeaderEnd);
    expect(parse('nonsense\r\n\r\n').fault).toBe(CpimFault.headerLine);
    expect(parse('From: a\r\n\r\nContent-type: text/plain\r\n').fault).toBe(CpimFault.noContentHeaderEnd);
    expect(parse('A: b\r\n'.repeat(65) + '\r\n\r\n').fault).toBe(CpimFault.tooManyHeaders);
    const bare = parse('From: a\r\n\r\n\r\nbody');
    expect([bare.fault, bare.contentEnd - bare.contentStart]).toEqual([CpimFault.none, 4]);
  });

  it('cut anywhere, it never throws', () => {
    fc.assert(
      fc.property(fc.nat(SAMPLE.length), (cut) => {
        parse(SAMPLE.slice(0, cut));
      }),
      { seed: 42, numRuns: 300 },
    );
  });
});

describe('what a notification quotes (RFC 5438 section 11)', () => {
  const recipientsOf = (text: string): string => {
    const reader = new ImdnReader();
    const octets = Buffer.from(text);
    expect(reader.read(octets, 0, octets.length) && reader.hasId() && reader.uriOf('To')).toBe(true);
    const arena = new OctetArena();
    const w = new OctetWriter(arena);
    w.begin();
    new ImdnWriter().content(w, reader, 0, ImdnStatus.displayed);
    w.discard();
    w.begin();
    new ImdnWriter().content(w, reader, 0, ImdnStatus.delivered);
    const written = w.buffer.latin1Slice(w.startAt, w.startAt + w.length);
    return /<recipient-uri>.*<\/original-recipient-uri>/.exec(written)?.[0] ?? '';
  };

  it('both recipients, as its schema has them: the second is the first unless somebody changed To (11.1.4)', () => {
    const bob = '<recipient-uri>im:bob@example.com</recipient-uri>';
    const first = (uri: string): string => `${bob}<original-recipient-uri>${uri}</original-recipient-uri>`;
    expect(recipientsOf(SAMPLE)).toBe(first('im:bob@example.com'));
    const changed = SAMPLE.replace(
      'DateTime',
      'imdn.Original-To: "A list" <im:list@example.com>\r\nDateTime',
    );
    expect(recipientsOf(changed)).toBe(first('im:list@example.com'));
  });
});

describe('the status of a notification (RFC 5438 section 7.2.1.1)', () => {
  const statusOf = (xml: string): ImdnStatus => {
    const reader = new ImdnReader();
    const octets = Buffer.from(`From: <im:a@b>\r\n\r\nContent-Type: message/imdn+xml\r\n\r\n${xml}`);
    expect(reader.read(octets, 0, octets.length)).toBe(true);
    return reader.status;
  };

  it.each([
    ['<status><delivered/></status>', ImdnStatus.delivered],
    ['<i:status><i:delivered /></i:status>', ImdnStatus.delivered],
    ['<a-b.1:status>\r\n<a-b.1:displayed\r\n/></a-b.1:status>', ImdnStatus.displayed],
    ['<delivery-notification><status><forbidden/></status></delivery-notification>', ImdnStatus.failed],
    ['<i:delivery-notification><i:status><i:error/></i:status></i:delivery-notification>', ImdnStatus.failed],
    // She did not look at it, or her client will not say so: it was delivered all the same (section 11.1.7).
    ['<display-notification><status><forbidden/></status></display-notification>', ImdnStatus.other],
    ['<processing-notification><status><error/></status></processing-notification>', ImdnStatus.other],
    ['<subject>delivered: x, :delivered, delivered</subject><status><stored/></status>', ImdnStatus.stored],
    ['<status><delivered-later/></status>', ImdnStatus.other],
  ])('of %s', (xml, status) => {
    expect(statusOf(xml)).toBe(status);
  });
});
