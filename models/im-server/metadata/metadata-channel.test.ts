/** One connection to the IM XDMS, scripted octet by octet: what is asked on the next one when it ends. */
import { expect, test } from 'vitest';
import { IM_SERVER_IP, XDMS_IP } from '../../addressing.js';
import { TestPorts } from '../../sip/testing.js';
import { OctetWriter } from '../../wire/octet-writer.js';
import { ImTimer } from '../timers.js';
import { MetadataChannel } from './metadata-channel.js';
import { MetadataOp } from './metadata-queue.js';
import { MetadataRequests } from './metadata-requests.js';

/** A channel whose owner has the lists of some users to compare whenever it is idle. */
class Bench {
  readonly ports = new TestPorts(IM_SERVER_IP);
  readonly inDoubt: number[] = [];
  readonly channel: MetadataChannel;

  constructor() {
    const { ports, inDoubt } = this;
    const config = {
      xdmsIp: XDMS_IP,
      connections: 1,
      pipelining: 8,
      lingerNs: 1e6,
      timeoutNs: 5e9,
      backoffBaseNs: 1e9,
      backoffMaxNs: 4e9,
      queueLimit: 16,
    };
    const channel: MetadataChannel = new MetadataChannel(
      0,
      ports,
      config,
      new OctetWriter(ports.octets),
      new MetadataRequests(ports.octets),
      {
        onAnswer: () => undefined,
        onIdle: () => {
          const user = inDoubt.pop();
          if (user !== undefined) channel.submit(MetadataOp.list, user, -1, 0, 0, 0);
        },
      },
    );
    ports.onTimer = (kind) => {
      if (kind === ImTimer.metadataLinger) channel.onLinger();
      else if (kind === ImTimer.metadataBackoff) channel.onBackoff();
      else channel.onGuard();
    };
    this.channel = channel;
  }

  /** Lets a second pass; the connection that was opened meanwhile is up. Gives the start lines of what was sent on it. */
  asked(): string[] {
    const { ports, channel } = this;
    const before = ports.opened.length;
    ports.advance(ports.nowNs + 1e9);
    if (ports.opened.length > before) channel.onConnected();
    const text = ports.written.get(channel.conn) ?? '';
    ports.written.clear();
    return [...text.matchAll(/^(GET|PUT|DELETE) \S+users\/sip:(u[0-9]+)/gm)].map(
      ([, verb, user]) => `${verb} ${user}`,
    );
  }

  answer(text: string): void {
    const octets = Buffer.from(text, 'latin1');
    this.channel.onData(octets, 0, octets.length);
  }
}

test.each([
  [
    'closes the connection with its answer',
    'HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
  ],
  ['says what cannot be read behind it', 'HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n?\r\n\r\n'],
])('S7: an IM XDMS that %s is asked again where lists are to be compared', (_, text) => {
  const bench = new Bench();
  bench.channel.submit(MetadataOp.document, 1, -1, 0, 0, 0);
  expect(bench.asked()).toEqual(['PUT u1']);
  bench.inDoubt.push(3, 2);
  bench.answer(text);
  expect(bench.asked()).toEqual(['GET u2']);
  bench.answer(text);
  expect(bench.asked()).toEqual(['GET u3']);
  expect(bench.ports.opened).toHaveLength(3);
  // Nothing is left to ask, and no connection is opened for nothing.
  bench.answer(text);
  expect(bench.asked()).toEqual([]);
  expect(bench.ports.opened).toHaveLength(3);
});
