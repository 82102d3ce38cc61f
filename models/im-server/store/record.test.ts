import { describe, expect, it } from 'vitest';
import { OctetArena } from '../../../sim/kernel/octets.js';
import { Header } from '../../wire/sip/head/header-names.js';
import { HeaderPolicy } from './header-policy.js';
import { RECORD_FIXED_OCTETS, RecordFault, RecordFlag, RecordMode, amendRecord } from './record.js';
import { E1_MESSAGE as E1, RecordBench } from '../testing-records.js';
import { PushWrapper, Wrapper } from '../push/wrapper.js';

/** A store of one Pager Mode message that is wrapped too. */
class Bench extends RecordBench {
  constructor(policy = new HeaderPolicy()) {
    super(new OctetArena(), policy);
  }

  payload(): string {
    const wrapper = new PushWrapper(this.octets, this.w, this.policy, 'im.ims.example');
    expect(wrapper.wrap(this.record, Wrapper.sipfrag)).toBe(true);
    const start = this.octets.start(wrapper.block);
    return this.text(start, start + wrapper.payloadOctets);
  }
}

describe('stored record of a Pager Mode message', () => {
  it('S1: keeps every header line of a MESSAGE as it came, folds, unknown names and order included', () => {
    const bench = new Bench();
    const text = E1.replace('CSeq', 'X-Odd:  a,\r\n  b\r\nf2: x\r\nSUBJECT : long\r\nX-odd: c\r\nCSeq');
    bench.storePager(text);
    expect(bench.head).toBe(text.slice(0, text.indexOf('Watson')));
    expect(bench.text(bench.record.bodyStart, bench.record.bodyEnd)).toBe('Watson, come here.');
    expect(bench.record).toMatchObject({
      mode: RecordMode.pager,
      user: 9,
      dm: 4711,
      receivedAtNs: 123_456_789_012,
      receivedAtMs: 1_014_296_523_000,
      expiresAtNs: 7_200_000_000_000,
    });
  });

  it('S1a: never stores charging, network, hint and credential lines, however they are spelt', () => {
    const bench = new Bench(new HeaderPolicy({ neverStore: ['X-Charge-Info', 'P-Op-*'] }));
    const bad = [
      'P-Charging-Vector: icid-value=secret1',
      'p-CHARGING-function-addresses : ccf=secret2',
      'P-Access-Network-Info: 3GPP-E-UTRAN;\r\n utran-cell-id-3gpp=secret3',
      'P-Preferred-Identity: <sip:secret4@x>',
      'y: secret5',
      'Proxy-Authorization: Digest username="secret6"',
      'x-charge-info: secret7',
      'P-Op-Something: secret8',
      'P-Com.Vendor: secret9',
      'Remote-Party-ID: <sip:secret10@x>',
      'P-Charging-Vector: icid-value=secret11',
    ];
    bench.storePager(E1.replace('CSeq', bad.join('\r\n') + '\r\nCSeq'));
    expect(bench.text(bench.record.start, bench.record.end)).not.toMatch(/secret/);
    expect(bench.head).toBe(E1.slice(0, E1.indexOf('Watson')));
    expect(bench.writer.dropCount).toBe(bad.length);
    expect(bench.writer.dropIds[0]).toBe(Header.pChargingVector);
  });

  it('S2: an anonymous sender leaves no P-Asserted-Identity nor chosen identity, but Privacy stays', () => {
    const bench = new Bench();
    bench.writer.fields.anonymous = true;
    bench.storePager(
      E1.replace('CSeq', 'User-Agent: secret\r\nReply-To: <sip:secret@x>\r\nPrivacy: id\r\nCSeq'),
    );
    expect(bench.head).not.toMatch(/Asserted|secret/);
    expect(bench.head).toContain('Privacy: id\r\n');
    expect(bench.record.anonymous).toBe(true);
    expect(bench.payload()).not.toContain('P-Asserted-Identity');
  });

  it('S1-date: Date is added when absent, and left alone when present', () => {
    const bench = new Bench();
    bench.storePager(E1.replace(/Date: .*\r\n/, ''));
    expect(bench.head.endsWith('\r\nDate: Thu, 21 Feb 2002 13:02:03 GMT\r\n\r\n')).toBe(true);
    expect(bench.payload().match(/Date: /g)).toHaveLength(1);
  });

  it('S4, A11: ids come from the random bits alone and differ for each wrapper', () => {
    const bench = new Bench();
    bench.storePager(E1);
    expect(bench.record.dmId('im.ims.example')).toBe('sip:123456789abcdef0@im.ims.example');
    const id = bench.record.pushMessageId(Wrapper.sipfrag);
    expect(id).toMatch(/^[A-Za-z0-9]{12}$/);
    expect(bench.record.pushMessageId(Wrapper.sip)).not.toBe(id);
    bench.writer.fields.dm = 1;
    bench.storePager(E1.replaceAll('user1', 'other'));
    expect(bench.record.pushMessageId(Wrapper.sipfrag)).toBe(id);
  });

  it('S4, A11: all 64 random bits count: messages that share half of them have other ids', () => {
    const bench = new Bench();
    const ids = [];
    for (const [random0, random1] of [
      [1, 2],
      [1, 3],
      [2, 2],
      [2, 1],
    ]) {
      Object.assign(bench.writer.fields, { random0, random1 });
      bench.storePager(E1);
      ids.push(bench.record.dmId('h'), bench.record.pushMessageId(Wrapper.sipfrag));
    }
    expect(new Set(ids).size).toBe(8);
  });

  it('A18: amendRecord changes flags and refused wrappers in a copy, and leaves the stored block alone', () => {
    const bench = new Bench();
    bench.storePager(E1);
    const { length } = bench.writer;
    const copy = amendRecord(bench.octets, bench.block, length, RecordFlag.deadLettered, 1 << Wrapper.sip);
    expect(bench.record.wrappersRefused).toBe(0);
    expect(bench.read(copy)).toBe(RecordFault.none);
    expect(bench.record).toMatchObject({ wrappersRefused: 2, deadLettered: true, tooLarge: false, dm: 4711 });
    expect(bench.head).toBe(E1.slice(0, E1.indexOf('Watson')));
    expect(bench.read(bench.block)).toBe(RecordFault.none);
    expect(bench.record).toMatchObject({ wrappersRefused: 0, deadLettered: false });
  });

  it('octets that are no record are told, not trusted', () => {
    const bench = new Bench();
    bench.storePager(E1);
    expect(bench.writer.length).toBe(RECORD_FIXED_OCTETS + E1.length);
    expect(bench.read(bench.block, RECORD_FIXED_OCTETS - 1)).toBe(RecordFault.short);
    expect(bench.read(bench.block, bench.writer.length - 1)).toBe(RecordFault.lengths);
    const at = bench.octets.start(bench.block);
    bench.octets.buf[at + 1] = 7;
    expect(bench.read()).toBe(RecordFault.mode);
    bench.octets.buf[at] = 2;
    expect(bench.read()).toBe(RecordFault.version);
  });
});
