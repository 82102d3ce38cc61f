/**
 * The samples of RFC 4975 and 4976 as they stand there, for our own URIs, their slips among them: ranges that count the CRLF before the
 * end-line, a total that is one too large, identifiers and header orders of their own (rules 3.3: R9, F5).
 */
import { describe, expect, it } from 'vitest';
import { OctetArena } from '../../sim/kernel/octets.js';
import { bound, CONN, SERVER_URI } from './fakes/fake-session.js';

const ALICE = 'msrp://alicepc.example.com:7654/iau39soe2843z;tcp';

function received(...frames: readonly string[]): { bodies: string[]; said: string } {
  const { server } = bound(() => new OctetArena(0, true));
  server.receive(CONN, frames.join('').replace(/\n/g, '\r\n'));
  return { bodies: server.messages.map(({ body }) => body), said: server.fetch(CONN) };
}

describe('the samples of the RFCs', () => {
  it('RFC 4975 section 4, figure 2: 1-25/25 for 23 octets', () => {
    const { bodies, said } = received(`MSRP a786hjs2 SEND
To-Path: ${SERVER_URI}
From-Path: ${ALICE}
Message-ID: 87652491
Byte-Range: 1-25/25
Content-Type: text/plain

Hey Bob, are you there?
-------a786hjs2$
`);
    expect(bodies).toEqual(['Hey Bob, are you there?']);
    expect(said).toBe(
      `MSRP a786hjs2 200 OK\r\nTo-Path: ${ALICE}\r\nFrom-Path: ${SERVER_URI}\r\n-------a786hjs2$\r\n`,
    );
  });

  it('RFC 4975 section 11.4, figures 14 and 15: the last chunk of message/cpim promises an octet too many', () => {
    const head = (tid: string, range: string): string => `MSRP ${tid} SEND
To-Path: ${SERVER_URI}
From-Path: ${ALICE}
Message-ID: 12339sdqwer
Byte-Range: ${range}
Content-Type: message/cpim

`;
    const cpim = `To: Bob <sip:bob@example.com>
From: Alice <sip:alice@example.com>
DateTime: 2006-05-15T15:02:31-03:00
Content-Type: text/plain

ABCD`;
    const { bodies } = received(
      `${head('d93kswow', '1-137/148')}${cpim}\n-------d93kswow+\n`,
      `${head('op2nc9a', '138-148/148')}1234567890\n-------op2nc9a$\n`,
    );
    expect(bodies).toEqual([`${cpim.replace(/\n/g, '\r\n')}1234567890`]);
    expect(bodies[0]).toHaveLength(147);
  });

  it('RFC 4975 section 11.5: Failure-Report no, Success-Report no; nothing is said', () => {
    const { bodies, said } = received(`MSRP d93kswow SEND
To-Path: ${SERVER_URI}
From-Path: ${ALICE}
Message-ID: 12339sdqwer
Byte-Range: 1-38/38
Failure-Report: no
Success-Report: no
Content-Type: text/plain

This conference will end in 5 minutes
-------d93kswow$
`);
    expect(bodies).toEqual(['This conference will end in 5 minutes']);
    expect(said).toBe('');
  });

  it('RFC 4975 section 11.6, figures 16 and 17: one success REPORT and no response', () => {
    const html =
      '<html><body>\n<p>Here is that important link...\n<a href="http://www.example.com/foobar">foobar</a>\n</p>\n</body></html>';
    const { bodies, said } = received(`MSRP d93kswow SEND
To-Path: ${SERVER_URI}
From-Path: ${ALICE}
Message-ID: 12339sdqwer
Byte-Range: 1-106/106
Success-Report: yes
Failure-Report: no
Content-Type: text/html

${html}
-------d93kswow$
`);
    const octets = html.length + 4;
    expect(bodies).toEqual([html.replace(/\n/g, '\r\n')]);
    expect(said).toMatch(
      new RegExp(
        `^MSRP \\S{12} REPORT\r\nTo-Path: ${ALICE}\r\nFrom-Path: ${SERVER_URI}\r\nMessage-ID: 12339sdqwer\r\nByte-Range: 1-${octets}/${octets}\r\nStatus: 000 200 OK\r\n-------`,
      ),
    );
  });

  it('RFC 4976 section 3: behind two relays the response goes to the nearest, the REPORT the whole way back', () => {
    const relays = 'msrps://b.example.net:9000/aeiug;tcp msrps://a.example.org:9000/kjfjan;tcp';
    const { bodies, said } = received(`MSRP xght6 SEND
To-Path: ${SERVER_URI}
From-Path: ${relays} msrps://alice.example.org:7965/bar;tcp
Success-Report: yes
Message-ID: 87652
Byte-Range: 1-*/*
Content-Type: text/plain

Hi Bob, I'm about to send you file.mpeg
-------xght6$
`);
    expect(bodies).toEqual(["Hi Bob, I'm about to send you file.mpeg"]);
    expect(said).toContain('MSRP xght6 200 OK\r\nTo-Path: msrps://b.example.net:9000/aeiug;tcp\r\n');
    expect(said).toContain(`To-Path: ${relays} msrps://alice.example.org:7965/bar;tcp\r\n`);
    expect(said).toContain('Message-ID: 87652\r\nByte-Range: 1-39/39\r\nStatus: 000 200 OK\r\n');
  });
});
