import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block } from '../../../sim/host/ports.js';
import { OctetArena } from '../../../sim/kernel/octets.js';
import {
  BINDING_REQUEST_OCTETS,
  BINDING_SUCCESS_OCTETS,
  DatagramKind,
  StunFault,
  StunMessage,
  StunType,
  datagramKind,
  bindingRequest,
  bindingSuccess,
} from './stun.js';

function written(compose: (octets: OctetArena) => Block, length = BINDING_REQUEST_OCTETS): Buffer {
  const octets = new OctetArena();
  const at = octets.start(compose(octets));
  return Buffer.from(octets.buf.subarray(at, at + length));
}

describe('STUN keep-alive (RFC 5626 section 3.5.2, RFC 5389)', () => {
  it('a Binding request is the 20 octets of RFC 5389 section 6', () => {
    const buf = written((w) => bindingRequest(w, 0x01020304, 0x05060708, -1));
    expect(buf.toString('hex')).toBe('000100002112a4420102030405060708ffffffff');
  });

  it('the success response carries the address XORed with the cookie, as RFC 5769 section 2.2 has it', () => {
    const request = new StunMessage();
    const asked = written((w) => bindingRequest(w, 0xb7e7a701 | 0, 0xbc34d686 | 0, 0xfa87dfae | 0));
    expect(request.parse(asked, 0, asked.length)).toBe(true);
    // 192.0.2.1, port 32853.
    const buf = written((w) => bindingSuccess(w, request, 0xc0000201, 32853), BINDING_SUCCESS_OCTETS);
    expect(buf.subarray(20).toString('hex')).toBe('002000080001a147e112a643');
    const response = new StunMessage();
    expect(response.parse(buf, 0, buf.length)).toBe(true);
    expect(response).toMatchObject({
      type: StunType.bindingSuccess,
      mappedIp: 0xc0000201,
      mappedPort: 32853,
      id0: request.id0,
      id1: request.id1,
      id2: request.id2,
    });
  });

  it('names each fault', () => {
    const good = written((w) => bindingRequest(w, 1, 2, 3));
    const faultOf = (change: (buf: Buffer) => Buffer): StunFault => {
      const message = new StunMessage();
      const buf = change(Buffer.from(good));
      expect(message.parse(buf, 0, buf.length)).toBe(false);
      return message.fault;
    };
    const set = (at: number, value: number) => (buf: Buffer) => {
      buf[at] = value;
      return buf;
    };
    expect(faultOf((buf) => buf.subarray(0, 19))).toBe(StunFault.short);
    expect(faultOf(set(3, 4))).toBe(StunFault.short);
    expect(faultOf(set(0, 0x40))).toBe(StunFault.notStun);
    expect(faultOf(set(4, 0))).toBe(StunFault.badCookie);
    expect(faultOf(set(1, 2))).toBe(StunFault.otherType);
    expect(faultOf((buf) => set(0, 1)(buf))).toBe(StunFault.noAddress);
    expect(faultOf((buf) => Buffer.concat([buf, Buffer.alloc(4)]))).toBe(StunFault.badLength);
    const withAttribute = (hex: string) => (buf: Buffer) => {
      buf[3] = 4;
      return Buffer.concat([buf, Buffer.from(hex, 'hex')]);
    };
    expect(faultOf(withAttribute('7fff0000'))).toBe(StunFault.unknownAttribute);
    expect(faultOf(withAttribute('80220004'))).toBe(StunFault.badLength);
  });

  const read = (hex: string): StunMessage => {
    const message = new StunMessage();
    const buf = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    message.parse(buf, 0, buf.length);
    return message;
  };
  const ID = '2112a442 b7e7a701 bc34d686 fa87dfae';

  it('of two addresses the first counts (section 15), and what follows MESSAGE-INTEGRITY is ignored (section 15.4)', () => {
    const first = '00200008 0001a147 e112a643';
    const second = '00200008 00011111 11111111';
    const integrity = `00080014 ${'00'.repeat(20)}`;
    expect(read(`01010018 ${ID} ${first} ${second}`)).toMatchObject({
      fault: StunFault.none,
      mappedIp: 0xc0000201,
      mappedPort: 32853,
    });
    expect(read(`01010028 ${ID} ${first} ${integrity} 7fff0000`).fault).toBe(StunFault.none);
    expect(read(`01010024 ${ID} ${integrity} ${first}`).fault).toBe(StunFault.noAddress);
  });

  it('an attribute that is known and of no use in a request is ignored there (section 7.3)', () => {
    // XOR-MAPPED-ADDRESS of IPv6.
    expect(read(`00010018 ${ID} 00200014 0002a147 ${'11'.repeat(16)}`).fault).toBe(StunFault.none);
  });

  it('names all attributes that had to be known, with type and id to answer by', () => {
    const message = read(`00010010 ${ID} 00030000 80220000 00270001 00000000`);
    expect(message).toMatchObject({
      fault: StunFault.unknownAttribute,
      faultAt: 20,
      type: StunType.bindingRequest,
      id0: 0xb7e7a701 | 0,
      unknown: [3, 0x27],
    });
    expect(read(`00010008 ${ID} 00030000 00270001`)).toMatchObject({ fault: StunFault.badLength });
  });

  it('random octets never throw, and SIP is never taken for STUN', () => {
    const message = new StunMessage();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => {
        const buf = Buffer.from(octets);
        const parsed = message.parse(buf, 0, buf.length);
        if (parsed) expect(datagramKind(buf, 0, buf.length)).toBe(DatagramKind.stun);
      }),
      { seed: 42, numRuns: 500 },
    );
    const kind = (text: string): DatagramKind => datagramKind(Buffer.from(text), 0, text.length);
    expect(kind('\r\n\r\nMESSAGE')).toBe(DatagramKind.sip);
    expect([kind('MESSAGE'), kind('SIP/2.0'), kind('\r\n\r\n'), kind(''), kind('\0\x01')]).toEqual([
      DatagramKind.sip,
      DatagramKind.sip,
      DatagramKind.keepAlive,
      DatagramKind.empty,
      DatagramKind.stun,
    ]);
  });
});
