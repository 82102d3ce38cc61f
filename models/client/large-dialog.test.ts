/** What the peer asks or answers in the dialog of a Large Message session (RFC 3261 sections 12, 13.2.2.4, 15), at the client who opened it. */
import { describe, expect, test } from 'vitest';
import { Observed } from '../observations.js';
import { header, response } from './testing.js';
import { ANSWER, LargeRig } from './testing-large.js';
import { request } from './testing-push.js';

/** A session that user 1 opened; what her peer asks and answers in it. */
class DialogRig extends LargeRig {
  sent = '';
  private begun = '';
  /** What `answeredAgain` led to. */
  readonly byes: string[] = [];
  readonly acks: string[] = [];

  open(offer = {}): this {
    this.large(offer);
    [this.sent] = this.take('INVITE');
    this.begun = this.accept(this.sent);
    return this;
  }

  /** All that she sends is answered 200; her BYE. */
  finish(): string {
    this.confirm(this.begun);
    const [bye] = this.take('BYE');
    expect(bye).toMatch(/^BYE /);
    return bye;
  }

  /** First word, or status, of each of the client's answers to a request of the peer's. */
  asked(method: string, cseq: number, tag = 'core'): string[] {
    const { sent } = this;
    this.ports.takeSent();
    this.deliver(
      1,
      request(method, 1, [
        `From: ${header(sent, 'To')};tag=${tag}`,
        `To: ${header(sent, 'From')}`,
        `Call-ID: ${header(sent, 'Call-ID')}`,
        `CSeq: ${cseq} ${method}`,
      ]),
    );
    return this.ports.takeSent().map((text) => text.slice(8, 11));
  }

  /** The peer's 200 to the INVITE once more; the requests that it leads to. */
  answeredAgain(tag = 'core'): string[] {
    this.ports.takeSent();
    const lines = 'Contact: <sip:im.ims.example:5060>\r\nContent-Type: application/sdp\r\n';
    const head = response(this.sent, 200, lines).replace(
      'Content-Length: 0\r\n\r\n',
      `Content-Length: ${ANSWER.length}\r\n\r\n`,
    );
    this.deliver(1, head.replace(';tag=core', `;tag=${tag}`) + ANSWER);
    const sent = this.ports.takeSent();
    this.byes.push(...sent.filter((text) => text.startsWith('BYE')));
    this.acks.push(...sent.filter((text) => text.startsWith('ACK')));
    return sent.map((text) => text.slice(0, text.indexOf(' ')));
  }
}

test('what comes within her dialog: OPTIONS 200, re-INVITE 488 with Warning, out of order 500, of no dialog 481', () => {
  const rig = new DialogRig().open();
  expect(rig.asked('OPTIONS', 4)).toEqual(['200']);
  expect(rig.asked('INVITE', 5)).toEqual(['488']);
  expect(rig.asked('OPTIONS', 3)).toEqual(['500']);
  for (const method of ['OPTIONS', 'INVITE', 'BYE']) expect(rig.asked(method, 9, 'other')).toEqual(['481']);
});

describe('section 13.2.2.4: a 2xx that comes again', () => {
  test('while the session is open, or its BYE is unanswered, is acknowledged', () => {
    const rig = new DialogRig().open();
    expect(rig.answeredAgain()).toEqual(['ACK']);
    rig.finish();
    expect(rig.answeredAgain()).toEqual(['ACK']);
  });

  test('after the session is acknowledged and no more: a second BYE would have the CSeq of the first', () => {
    const rig = new DialogRig().open();
    rig.deliver(1, response(rig.finish(), 200));
    for (let i = 0; i < 3; i++) expect(rig.answeredAgain()).toEqual(['ACK']);
    // Of another device it opens another dialog, which is closed once.
    expect(rig.answeredAgain('fork')).toEqual(['ACK', 'BYE']);
    expect(rig.answeredAgain('fork')).toEqual(['ACK']);
  });
});

describe('section 15.1.1: the dialog lives until her BYE is answered', () => {
  function givenUp(): { readonly rig: DialogRig; readonly bye: string } {
    const rig = new DialogRig().open();
    rig.fromClient();
    rig.fleet.onTcpClosed(rig.conn, 1);
    const [bye] = rig.take('BYE');
    return { rig, bye };
  }

  test('so the peer’s, which crosses it, is answered 200', () => {
    const { rig, bye } = givenUp();
    expect(rig.asked('BYE', 9)).toEqual(['200']);
    rig.deliver(1, response(bye, 481));
    expect(rig.asked('BYE', 10)).toEqual(['481']);
  });

  test('and no longer: not after a silence of 64 T1, nor after a crash', () => {
    const late = givenUp().rig;
    late.at(60);
    expect(late.asked('BYE', 9)).toEqual(['481']);
    const { rig } = givenUp();
    rig.fleet.onCrash(1);
    expect(rig.asked('BYE', 9)).toEqual(['481']);
  });
});

describe('A8: an anonymous sender', () => {
  test('is so in BYE as in INVITE, whichever way the session ends, and gives no identity in ACK (RFC 3323 section 4.2)', () => {
    const privacy = (text: string): string[] =>
      ['Privacy', 'P-Preferred-Identity'].filter((name) => text.includes(`\r\n${name}: `));
    const done = new DialogRig().open({ anonymous: true });
    const failed = new DialogRig().open({ anonymous: true });
    failed.fleet.onTcpClosed(failed.conn, 1);
    const forked = new DialogRig().open({ anonymous: true });
    forked.answeredAgain('fork');
    const byes = [done.finish(), failed.take('BYE')[0], forked.byes[0]];
    byes.forEach((bye, i) => {
      const { sent } = [done, failed, forked][i];
      expect(header(bye, 'Privacy')).toBe('id');
      expect(header(bye, 'P-Preferred-Identity')).toBe(header(sent, 'P-Preferred-Identity'));
    });
    const named = new DialogRig().open();
    expect(privacy(named.finish())).toEqual([]);
    named.answeredAgain();
    expect(named.acks.concat(forked.acks).map(privacy)).toEqual([[], []]);
  });

  test('has a session of her own: no message is anonymous, or named, by what the one before it was', () => {
    const rig = new LargeRig();
    rig.large({ message: 5 });
    rig.large({ message: 6, anonymous: true });
    rig.large({ message: 7, recipient: 2 });
    const invites = rig.take('INVITE');
    expect(invites.map((text) => text.includes('anonymous.invalid'))).toEqual([false, true]);
    expect(rig.of(Observed.sent).map(({ message }) => message)).toEqual([5, 6]);
  });
});
