/**
 * For tests of Large Messages at the client only: offers, a scripted answer of the IM Server, and 200 to every SEND.
 */
import { Observed } from '../observations.js';
import { ReportChoice } from '../msrp/sending/report-choice.js';
import type { ClientFleetConfig, LargeOffer } from './config.js';
import { response } from './testing.js';
import { OFFER, PushRig, START_S } from './testing-push.js';

export const PEER = 'msrp://10.0.0.2:2855/storeSession01;tcp';
export const ANSWER = OFFER.replace(/a=path:.*/, `a=path:${PEER}`)
  .replace('setup:actpass', 'setup:passive')
  .replace('a=sendonly', 'a=recvonly');

export class LargeRig extends PushRig {
  constructor(config: Partial<ClientFleetConfig> = {}) {
    super(config);
    this.ports.mtu = 9000;
    this.at(0).register(1_000_000);
    this.at(START_S);
  }

  large(offer: Partial<LargeOffer> = {}): void {
    this.fleet.offerLarge({
      sender: 1,
      recipient: 2,
      message: 5,
      sizeOctets: 5000,
      contentType: 'image/jpeg',
      intendedAtNs: this.ports.nowNs,
      anonymous: false,
      chunkOctets: 2048,
      interruptible: false,
      interleave: false,
      reports: ReportChoice.responses,
      abortAfterOctets: -1,
      resume: true,
      ...offer,
    });
  }

  /** Answers the INVITE with an answer of the IM Server, and connects. Returns what was written first. */
  accept(text: string, sdp = ANSWER): string {
    const lines = `Contact: <sip:im.ims.example:5060>\r\nContent-Type: application/sdp\r\n`;
    const ok = response(text, 200, lines).replace(
      'Content-Length: 0\r\n\r\n',
      `Content-Length: ${sdp.length}\r\n\r\n`,
    );
    this.deliver(1, ok + sdp);
    this.conn = this.ports.opened.at(-1)?.conn ?? 0;
    this.fleet.onTcpConnected(this.conn);
    return this.fromClient();
  }

  /** Answers every SEND in `octets` with `status`, until nothing more comes; returns all that came. */
  confirm(octets: string, status = '200 OK', times = Infinity): string {
    let all = octets;
    for (let left = times, rest = octets; rest !== '' && left > 0; rest = this.fromClient()) {
      for (const [, tid, path] of rest.matchAll(/MSRP (\S{12}) SEND\r\nTo-Path: \S+\r\nFrom-Path: (\S+)/g)) {
        if (left-- <= 0) return all;
        this.toClient(
          `MSRP ${tid} ${status}\r\nTo-Path: ${path}\r\nFrom-Path: ${PEER}\r\n-------${tid}$\r\n`,
        );
      }
      all += rest === octets ? '' : rest;
    }
    return all;
  }

  statuses(): number[] {
    return this.of(Observed.answered).map(({ a }) => a);
  }
}
