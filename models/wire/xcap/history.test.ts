/** Documents of the deferred-list application usage (rules 2.5; RFC 4825 section 8.2.2). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TestOctets } from '../../sip/testing.js';
import { OctetWriter } from '../octet-writer.js';
import { DateTimeWriter } from './date-time.js';
import { XmlFault } from './faults.js';
import { FIELD_NAMES, type HistoryField } from './history.js';
import { HistoryReader } from './history-reader.js';
import { writeEscaped, writeUnescaped } from './xml-text.js';

const w = new OctetWriter(new TestOctets());

function written(write: () => void): Buffer {
  w.begin();
  write();
  const copy = Buffer.from(w.buffer.subarray(w.startAt, w.startAt + w.length));
  w.discard();
  return copy;
}

function fieldsOf(reader: HistoryReader): Record<string, string> {
  const out: Record<string, string> = {};
  FIELD_NAMES.forEach((name, field) => {
    if (!reader.has(field as HistoryField)) return;
    out[name] = written(() =>
      writeUnescaped(w, reader.buf, reader.fieldStart[field], reader.fieldEnd[field]),
    ).toString('utf8');
  });
  return out;
}

function element(xml: string): [XmlFault, Record<string, string>] {
  const reader = new HistoryReader();
  const buf = Buffer.from(`>>${xml}<<`);
  const ok = reader.element(buf, 2, buf.length - 2);
  expect(ok).toBe(reader.fault === XmlFault.none);
  return [reader.fault, ok ? fieldsOf(reader) : {}];
}

function documentOf(xml: string): [XmlFault, string[]] {
  const reader = new HistoryReader();
  const buf = Buffer.from(xml);
  reader.document(buf, 0, buf.length);
  const references: string[] = [];
  while (reader.nextEntry()) references.push(fieldsOf(reader)['history-reference']);
  return [reader.fault, references];
}

const NS = 'xmlns="urn:oma:xml:im:history-list"';

describe('an entry', () => {
  test('all fields, in any order, with references', () => {
    expect(
      element(
        "\n<history history-reference = 'sip:1@h' " +
          `${NS}><!-- x --><pager><to>b</to><from>&quot;A &amp; &#66;&quot; &lt;sip:a@h&gt;</from><auth-id/></pager><size>12</size>` +
          '<subject>π &#x3c0;</subject><?pi x?></history >\n',
      ),
    ).toEqual([
      XmlFault.none,
      {
        'history-reference': 'sip:1@h',
        size: '12',
        subject: 'π π',
        from: '"A & B" <sip:a@h>',
        to: 'b',
        'auth-id': '',
      },
    ]);
  });

  test.each([
    ['', XmlFault.notWellFormed],
    ['text', XmlFault.notWellFormed],
    ['<history history-reference="a">', XmlFault.notWellFormed],
    ['<history history-reference="a"></histor>', XmlFault.notWellFormed],
    ['<history history-reference="a"/><history history-reference="b"/>', XmlFault.notWellFormed],
    ['<history history-reference="a"/>text', XmlFault.notWellFormed],
    ['<history history-reference="a" history-reference="b"/>', XmlFault.notWellFormed],
    ['<history history-reference="a"b="c"/>', XmlFault.notWellFormed],
    ['<history history-reference=a/>', XmlFault.notWellFormed],
    ['<history history-reference="<"/>', XmlFault.notWellFormed],
    ['<history history-reference="&nbsp;"/>', XmlFault.notWellFormed],
    ['<history history-reference="&#0;"/>', XmlFault.notWellFormed],
    ['<history history-reference="a"><size>1</size', XmlFault.notWellFormed],
    ['<history history-reference="a"><size>]]></size></history>', XmlFault.notWellFormed],
    ['<history history-reference="a"><!-- -- --></history>', XmlFault.notWellFormed],
    ['<history history-reference="a"><size>\u0001</size></history>', XmlFault.notWellFormed],
    ['<!DOCTYPE x><history history-reference="a"/>', XmlFault.schema],
    ['<history/>', XmlFault.schema],
    ['<other><a/></other>', XmlFault.schema],
    ['<other><a></other>', XmlFault.notWellFormed],
    ['<history history-reference="a">text</history>', XmlFault.schema],
    ['<history history-reference="a"><colour>1</colour></history>', XmlFault.schema],
    ['<history history-reference="a"><from>1</from></history>', XmlFault.schema],
    ['<history history-reference="a"><size>1</size><size>1</size></history>', XmlFault.schema],
    ['<history history-reference="a"><size><b/></size></history>', XmlFault.schema],
    ['<history history-reference="a"><size>1<!-- -->2</size></history>', XmlFault.schema],
    ['<history history-reference="a" xmlns="urn:else"/>', XmlFault.schema],
  ])('%j is fault %i', (xml, fault) => {
    expect(element(xml)[0]).toBe(fault);
  });

  test('octets that are not UTF-8', () => {
    const reader = new HistoryReader();
    for (const bad of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xc3]]) {
      const buf = Buffer.concat([
        Buffer.from('<history history-reference="a"><size>'),
        Buffer.from(bad),
        Buffer.from('</size></history>'),
      ]);
      expect(reader.element(buf, 0, buf.length)).toBe(false);
      expect(reader.fault).toBe(XmlFault.notUtf8);
    }
  });
});

describe('a document', () => {
  test.each([
    [`<history-list ${NS}/>`, XmlFault.none, []],
    [`<?xml version="1.0" encoding="UTF-8"?>\n<history-list ${NS}>\n</history-list>\n`, XmlFault.none, []],
    [
      `<history-list ${NS}><history history-reference="a"/> <history history-reference="b"></history></history-list>`,
      XmlFault.none,
      ['a', 'b'],
    ],
    [`<?xml version="1.0" encoding="latin1"?><history-list ${NS}/>`, XmlFault.notUtf8, []],
    [`<?xml encoding="UTF-8"?><history-list ${NS}/>`, XmlFault.notWellFormed, []],
    ['<history-list/>', XmlFault.schema, []],
    [`<history-list ${NS}><history history-reference="a"/>`, XmlFault.notWellFormed, ['a']],
    [`<history-list ${NS}/><history-list ${NS}/>`, XmlFault.notWellFormed, []],
  ])('%j', (xml, fault, references) => {
    expect(documentOf(xml)).toEqual([fault, references]);
  });
});

test('every text comes back; what XML cannot hold becomes U+FFFD', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (octets) => {
      const buf = Buffer.from(octets);
      const xml = written(() => writeEscaped(w, buf, 0, buf.length)).toString('utf8');
      const [fault, fields] = element(
        `<history history-reference="${xml}"><subject>${xml}</subject></history>`,
      );
      expect(fault).toBe(XmlFault.none);
      const text = buf.toString('utf8');
      expect(fields['history-reference']).toBe(fields.subject);
      // eslint-disable-next-line no-control-regex
      if (!text.includes('\ufffd') && !/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(text)) {
        expect(fields.subject).toBe(text);
      }
    }),
    { seed: 42, numRuns: 300 },
  );
});

test('random XML ends in a fault or an entry, never in a throw', () => {
  const bits = [
    '<',
    '>',
    '/',
    '"',
    '=',
    ' ',
    '&',
    ';',
    'history',
    ' history-reference="a"',
    '<size>',
    '</size>',
    '<!--',
    '-->',
    '<?',
    '?>',
    ']]>',
    '\0',
    'é',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...bits), { maxLength: 20 }), (parts) => {
      element(parts.join(''));
      documentOf(`<history-list ${NS}>${parts.join('')}`);
    }),
    { seed: 42, numRuns: 1000 },
  );
});

test('dateTime agrees with the calendar', () => {
  const dates = new DateTimeWriter();
  fc.assert(
    fc.property(fc.nat(253_402_300_799_999), (ms) => {
      const iso = `${new Date(ms).toISOString().slice(0, 19)}Z`;
      expect(written(() => dates.write(w, ms)).toString()).toBe(iso);
    }),
    { seed: 42, numRuns: 300 },
  );
});
