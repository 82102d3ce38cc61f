/** The pushed examples of the change request as a client gets them, slips included (rules 1.5, M4): she answers, and goes on. */
import { expect, test } from 'vitest';
import { Observed } from '../observations.js';
import { payload, rigged, send } from './testing-push.js';

const octets = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
const CURLY = octets('\u201d');
const EM = octets('\u2014');

const E1 = `--boundary42--\r\n   Content-Type: message/sip\r\n \r\n\r\n   MESSAGE sip:u3@ims.example SIP/2.0\r\n   From: sip:user1@imserver.com;tag=49583\r\n   Call-ID: asd88asd77a@1.2.3.4\r\n\r\n   Watson, come here.\r\n  --boundary42${EM}`;
const E2 =
  "--boundary42\r\n\r\n   Content-Type: message/sipfrag\r\n   INVITE sip: user2@imserver.com SIP/2.0\r\n--boundary42\r\n   Content-Type=message/msrpfrag \r\n   MSRP dkei38sd SEND\r\n\r\n   Message-ID: 456\r\n\r\n    Hi, Alice!  I'm Bob!\r\n    -------dkei38sd$\r\n      --boundary42-";

test.each([
  ['E1', 'dkei38sd', '452', E1, `multipart/mixed; boundary=${CURLY}boundary42${CURLY}`],
  ['E2', 'elfj49te', '453', E2, 'multipart/mixed; boundary="boundary42"'],
])(
  '%s-push, id %s: 200 with a Message-ID below the grammar, shown once, and the session goes on',
  (...example) => {
    const [, tid, id, body, type] = example;
    const rig = rigged().establish();
    rig.toClient(send(rig.path, tid, id, body, type).replace(/Byte-Range: .*\r\n/, ''));
    expect(rig.fromClient()).toMatch(new RegExp(`^MSRP ${tid} 200`));
    rig.toClient(send(rig.path, 'again1', id, body, type));
    rig.toClient(send(rig.path, 'sane1', 'pushMessage0', payload('call0')));
    expect(rig.fromClient()).toMatch(/^MSRP again1 200[\s\S]*MSRP sane1 200/);
    expect(rig.shown()).toEqual([
      [Observed.presented, body],
      [Observed.presented, payload('call0')],
    ]);
  },
);
