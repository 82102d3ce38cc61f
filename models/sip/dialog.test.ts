import { describe, expect, it, test } from 'vitest';
import { SipMessage } from '../wire/sip/message.js';
import { Framing, parseSip } from '../wire/sip/parse.js';
import { endWithoutBody } from '../wire/sip/response.js';
import { dialogOfUac, dialogOfUas, type Dialog } from './dialog.js';
import { Leg } from './legs.js';
import { requestOf, Rig } from './testing-rig.js';

const RECORD_ROUTE =
  'Record-Route: <sip:b.example;lr>\r\nRecord-Route: <sip:a1.example;lr>, <sip:a0.example;lr>\r\n';

function parsed(text: string): SipMessage {
  const message = new SipMessage();
  const octets = Buffer.from(text, 'latin1');
  expect(parseSip(octets, 0, octets.length, Framing.datagram, message)).toBe(0);
  return message;
}

/** The text of a request in the dialog. */
function requestText(rig: Rig, dialog: Dialog, method: string): string {
  const { writer } = rig;
  dialog.begin(writer, rig.endpoint, method, 0, Leg.udpInternet);
  endWithoutBody(writer);
  const text = writer.buffer.toString('latin1', writer.startAt, writer.startAt + writer.length);
  writer.discard();
  return text.replace(/Via: [^\r]*/, 'Via: -');
}

describe('the dialog of a UAC (RFC 3261 section 12.1.2)', () => {
  it('sends ACK with the number of the INVITE on a new branch, BYE with the next one, along the route set backwards', () => {
    const rig = new Rig();
    rig.send('INVITE');
    const invite = rig.ports.sent[0].text;
    const ok = parsed(rig.responseTo(invite, 200).replace('Contact', `${RECORD_ROUTE}Contact`));
    const dialog = dialogOfUac(rig.ports.octets, ok) as Dialog;
    const rest =
      'Via: -\r\nMax-Forwards: 70\r\nRoute: <sip:a0.example;lr>\r\nRoute: <sip:a1.example;lr>\r\nRoute: <sip:b.example;lr>\r\n' +
      'From: <sip:u1@ims.example>;tag=f1\r\nTo: <sip:u2@ims.example>;tag=t2\r\nCall-ID: call-1\r\n';
    expect(requestText(rig, dialog, 'ACK')).toBe(
      `ACK sip:u2@10.0.0.2:5060 SIP/2.0\r\n${rest}CSeq: 7 ACK\r\nContent-Length: 0\r\n\r\n`,
    );
    expect(requestText(rig, dialog, 'BYE')).toBe(
      `BYE sip:u2@10.0.0.2:5060 SIP/2.0\r\n${rest}CSeq: 8 BYE\r\nContent-Length: 0\r\n\r\n`,
    );
    expect(dialog.matches(ok)).toBe(true);
    expect(dialog.matches(parsed(rig.responseTo(invite, 200).replace('tag=t2', 'tag=fork')))).toBe(false);
    const held = rig.ports.octets.heldOctets;
    dialog.release();
    expect(rig.ports.octets.heldOctets).toBeLessThan(held);
  });

  it('leaves out of the Request-URI what the Contact has and a request may not (RFC 3261 section 19.1.1)', () => {
    const rig = new Rig();
    rig.send('INVITE');
    const contact = 'Contact: <sip:u2@10.0.0.2:5060;ob;method=BYE?Subject=x>';
    const ok = parsed(rig.responseTo(rig.ports.sent[0].text, 200).replace(/Contact: [^\r]*/, contact));
    const dialog = dialogOfUac(rig.ports.octets, ok) as Dialog;
    expect(requestText(rig, dialog, 'ACK')).toMatch(/^ACK sip:u2@10\.0\.0\.2:5060;ob SIP\/2\.0\r\n/);
  });

  it('puts a strict router first in the route set into the Request-URI, and the remote target last into Route (12.2.1.1)', () => {
    const rig = new Rig();
    rig.send('INVITE');
    const routes =
      'Record-Route: <sip:proxy4>, <sip:proxy3;lr>\r\nRecord-Route: <sip:proxy2>\r\nRecord-Route: "P" <sip:proxy1;a=b;method=BYE?c=d>;e\r\n';
    const ok = parsed(rig.responseTo(rig.ports.sent[0].text, 200).replace('Contact', `${routes}Contact`));
    const dialog = dialogOfUac(rig.ports.octets, ok) as Dialog;
    expect(requestText(rig, dialog, 'BYE').split('From')[0]).toBe(
      'BYE sip:proxy1;a=b SIP/2.0\r\nVia: -\r\nMax-Forwards: 70\r\nRoute: <sip:proxy2>\r\nRoute: <sip:proxy3;lr>\r\n' +
        'Route: <sip:proxy4>\r\nRoute: <sip:u2@10.0.0.2:5060>\r\n',
    );
  });

  it('is none without To tag or Contact', () => {
    const rig = new Rig();
    rig.send('INVITE');
    const ok = rig.responseTo(rig.ports.sent[0].text, 200);
    expect(dialogOfUac(rig.ports.octets, parsed(ok.replace(';tag=t2', '')))).toBeUndefined();
    expect(dialogOfUac(rig.ports.octets, parsed(ok.replace(/Contact: [^\r]*\r\n/, '')))).toBeUndefined();
  });
});

describe('a Contact that no request could be sent to (RFC 3261 sections 12.1.1, 12.1.2 and 20.10) makes no dialog', () => {
  test.each([
    '*',
    '<u2@10.0.0.2>',
    '<sip:>',
    'sip:u2@',
    '<http://10.0.0.2/u2>',
    '<tel:+3581234>',
    '<sip:u2@10.0.0.2',
  ])('%s', (contact) => {
    const rig = new Rig();
    rig.send('INVITE');
    const ok = rig.responseTo(rig.ports.sent[0].text, 200).replace(/Contact: [^\r]*/, `Contact: ${contact}`);
    expect(dialogOfUac(rig.ports.octets, parsed(ok))).toBeUndefined();
    const invite = requestOf('INVITE', 'z9hG4bKinvite', `Contact: ${contact}\r\n`);
    expect(dialogOfUas(rig.ports.octets, parsed(invite), 1)).toBeUndefined();
  });
});

describe('the dialog of a UAS (RFC 3261 section 12.1.1)', () => {
  const extra = `${RECORD_ROUTE}Contact: "Im, Server" <sip:im@10.0.0.2>;q=1\r\n`;

  it('sends its requests along the route set in order, with the parties turned round', () => {
    const rig = new Rig();
    const invite = parsed(requestOf('INVITE', 'z9hG4bKinvite', extra));
    const dialog = dialogOfUas(rig.ports.octets, invite, 0x0badcafe) as Dialog;
    expect(requestText(rig, dialog, 'BYE')).toBe(
      'BYE sip:im@10.0.0.2 SIP/2.0\r\nVia: -\r\nMax-Forwards: 70\r\n' +
        'Route: <sip:b.example;lr>\r\nRoute: <sip:a1.example;lr>\r\nRoute: <sip:a0.example;lr>\r\n' +
        'From: <sip:u1@ims.example>;tag=0badcafe\r\nTo: <sip:u9@ims.example>;tag=f9\r\nCall-ID: call-9\r\n' +
        'CSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n',
    );
  });

  it('recognises ACK and BYE by Call-ID and both tags, and refuses a CSeq out of order (12.2.2)', () => {
    const rig = new Rig();
    const dialog = dialogOfUas(
      rig.ports.octets,
      parsed(requestOf('INVITE', 'z9hG4bKi', extra, '', 5)),
      0x0badcafe,
    );
    const bye = (cseq: number): SipMessage => parsed(requestOf('BYE', 'z9hG4bKb', '', ';tag=0BADcafe', cseq));
    expect(dialog?.matches(bye(6))).toBe(true);
    expect(dialog?.matches(parsed(requestOf('BYE', 'z9hG4bKb', '', ';tag=other', 6)))).toBe(false);
    expect(dialog?.matches(parsed(requestOf('BYE', 'z9hG4bKb', '', '', 6)))).toBe(false);
    expect([dialog?.acceptsCSeq(bye(5)), dialog?.acceptsCSeq(bye(6)), dialog?.acceptsCSeq(bye(6))]).toEqual([
      false,
      true,
      false,
    ]);
  });
});
