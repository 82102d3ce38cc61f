import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Header } from '../sip/head/header-names.js';
import { SipMessage } from '../sip/message.js';
import { FragmentFault, MsrpFragment, endLineFits } from './msrpfrag.js';
import { SipFragment, SipfragFault } from './sipfrag.js';

function sipfrag(text: string): [SipFragment, string] {
  const fragment = new SipFragment(new SipMessage());
  const buf = Buffer.from('xx' + text + 'yy', 'latin1');
  fragment.parse(buf, 2, buf.length - 2);
  return [fragment, buf.latin1Slice(fragment.bodyStart, fragment.bodyEnd)];
}

function msrpfrag(text: string): [FragmentFault, MsrpFragment, string] {
  const fragment = new MsrpFragment();
  const buf = Buffer.from('xx' + text + 'yy', 'latin1');
  fragment.parse(buf, 2, buf.length - 2);
  return [fragment.fault, fragment, buf.latin1Slice(fragment.bodyStart, fragment.bodyEnd)];
}

describe('message/sipfrag (RFC 3420)', () => {
  it('reads a start line alone, with and without its CRLF', () => {
    for (const text of ['INVITE sip:alice@atlanta.com SIP/2.0', 'INVITE sip:alice@atlanta.com SIP/2.0\r\n']) {
      const [fragment] = sipfrag(text);
      expect(fragment).toMatchObject({ fault: SipfragFault.none, hasStartLine: true, hasBody: false });
      expect(fragment.message.uriText()).toBe('sip:alice@atlanta.com');
    }
    expect(sipfrag('SIP/2.0 603 Declined')[0].message.status).toBe(603);
  });

  it('reads header lines alone, and a folded one', () => {
    const [fragment] = sipfrag(
      'To: sip:a@b\r\nContact: <sip:c@d>;q=0.9,\r\n <sip:e@f>\r\nCseq: 314159 INVITE',
    );
    expect(fragment).toMatchObject({ fault: SipfragFault.none, hasStartLine: false, hasBody: false });
    expect(fragment.message.textOf(Header.contact)).toBe('<sip:c@d>;q=0.9, <sip:e@f>');
    expect(fragment.message.textOf(Header.cseq)).toBe('314159 INVITE');
  });

  it('section 3.1: the CRLF after "Hi There!" is body, and 11 is right', () => {
    const [fragment, body] = sipfrag('Content-Type: text/plain\r\nContent-Length: 11\r\n\r\nHi There!\r\n');
    expect(fragment).toMatchObject({ fault: SipfragFault.none, hasStartLine: false, hasBody: true });
    expect(body).toBe('Hi There!\r\n');
  });

  it('section 3.2: what is not valid SIP, and a body that nothing describes, are faults', () => {
    expect(sipfrag('INVITE')[0].fault).toBe(SipfragFault.sip);
    expect(sipfrag('404 Not Found')[0].fault).toBe(SipfragFault.sip);
    expect(sipfrag('MESSAGE sip:a@b SIP/2.0\r\nHi There!\r\n')[0].fault).toBe(SipfragFault.sip);
    expect(sipfrag('To: sip:a@b\r\n\r\nHi')[0].fault).toBe(SipfragFault.undescribedBody);
    expect(sipfrag('c: text/plain\r\nl: 3\r\n\r\nHi')[0].fault).toBe(SipfragFault.bodyLength);
    expect(sipfrag('c: text/plain\r\nl: 1\r\n\r\nHi')[0].fault).toBe(SipfragFault.bodyLength);
  });
});

describe('message/msrpfrag (A12, A13)', () => {
  it('takes the end-line off the very end, and only there', () => {
    const head = 'MSRP dkei38sd SEND\r\nMessage-ID: 456\r\nContent-Type: text/plain\r\n\r\n';
    const [fault, fragment, body] = msrpfrag(head + 'a\r\n-------dkei38sd$\r\nb\r\n\r\n-------dkei38sd$');
    expect(fault).toBe(FragmentFault.none);
    expect(body).toBe('a\r\n-------dkei38sd$\r\nb\r\n');
    expect(String.fromCharCode(fragment.flag)).toBe('$');
    expect(msrpfrag(head + '\r\n-------dkei38sd$')[2]).toBe('');
  });

  it('a start line without its end-line, or another tid or flag in it, is a fault', () => {
    const head = 'MSRP dkei38sd SEND\r\nMessage-ID: 456\r\n\r\nx';
    for (const end of [
      '',
      '\r\n-------dkei38se$',
      '\r\n-------dkei38sd%',
      '-------dkei38sd$',
      '\r\n-------dkei38sd$\r\n',
    ]) {
      expect([end, msrpfrag(head + end)[0]]).toEqual([end, FragmentFault.endLine]);
    }
    expect(msrpfrag('MSRP dkei38sd 200 OK\r\n')[0]).toBe(FragmentFault.startLine);
    expect(msrpfrag('nonsense\r\n')[0]).toBe(FragmentFault.headerLine);
  });

  it('bare: what looks like an end-line is body; without an empty line there is no body', () => {
    const [fault, fragment, body] = msrpfrag('Message-ID: 456\r\n\r\nx\r\n-------dkei38sd$');
    expect([fault, fragment.framed, body]).toEqual([FragmentFault.none, false, 'x\r\n-------dkei38sd$']);
    expect(msrpfrag('Message-ID: 456\r\n')[1]).toMatchObject({ fault: 0, hasBody: false });
    const [framedFault, framed] = msrpfrag('MSRP abcd SEND\r\nMessage-ID: 456\r\n-------abcd#');
    expect([framedFault, framed.hasBody]).toEqual([FragmentFault.none, false]);
  });

  it('a tid fits only if its end-line stands nowhere, whatever the flag', () => {
    const body = Buffer.from('a-------abcd+b');
    expect(endLineFits('abcd', body, 0, body.length)).toBe(false);
    expect(endLineFits('abcd', body, 2, body.length)).toBe(true);
    expect(endLineFits('abce', body, 0, body.length)).toBe(true);
  });

  it('random octets never throw', () => {
    const piece = fc.constantFrom('MSRP ', 'abcd', ' SEND', '\r\n', '-------', '$', 'Message-ID: ', ':', 'x');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const [, fragment] = msrpfrag(pieces.join(''));
        expect(fragment.bodyEnd).toBeGreaterThanOrEqual(2);
        sipfrag(pieces.join(''));
      }),
      { seed: 42, numRuns: 1000 },
    );
  });
});
