/** Many transactions at once, and those that are easily taken for one another (RFC 3261 sections 8.2.2.2, 17.1.3, 17.2.3). */
import { describe, expect, it } from 'vitest';
import { Leg } from './legs.js';
import { PEER_IP, requestOf, Rig } from './testing-rig.js';

const MANY = 1200;
const S = 1e9;
const numbers = Array.from({ length: MANY }, (_, i) => i);
const statusOf = (text: string): number => Number(text.slice(8, 11));

describe('a thousand transactions at once', () => {
  it('server: each is answered as its own request was, again if that comes again, and all are forgotten', () => {
    const rig = new Rig();
    const requests = numbers.map((i) => requestOf('MESSAGE', `z9hG4bKmany${i}`, '', '', i + 1));
    const txs = requests.map((text) => {
      rig.receive(text);
      return rig.tx;
    });
    expect(rig.endpoint.transactions).toBe(MANY);
    for (const text of requests) rig.receive(text);
    expect(rig.heard).toHaveLength(MANY);
    const statuses = numbers.map((i) => [202, 404, 480][i % 3]);
    for (const [i, tx] of txs.entries()) rig.endpoint.answer(tx, rig.endpoint.requestOf(tx), statuses[i]);
    const answers = rig.ports.takeSent();
    expect(answers.map(statusOf)).toEqual(statuses);
    for (const text of requests) rig.receive(text);
    expect(rig.ports.takeSent()).toEqual(answers);
    expect(rig.heard).toHaveLength(MANY);
    rig.ports.advance(33 * S);
    expect([rig.endpoint.transactions, rig.ports.timers]).toEqual([0, 0]);
    // The key of the last request waits to be written over.
    expect(rig.ports.octets.heldOctets).toBeLessThanOrEqual(256);
  });

  it('client: each hears its own response, whatever their order, and no timer outlives them', () => {
    const rig = new Rig();
    const txs = numbers.map(() => rig.send('MESSAGE', Leg.udpInternet));
    const requests = rig.ports.takeSent();
    for (const i of numbers.toReversed()) {
      rig.receive(rig.responseTo(requests[i], 200));
      expect(rig.tx).toBe(txs[i]);
    }
    expect(rig.heard).toEqual(numbers.map(() => 'response 200'));
    rig.ports.advance(33 * S);
    expect(rig.ports.sent).toEqual([]);
    expect([rig.endpoint.transactions, rig.ports.timers, rig.ports.octets.heldOctets]).toEqual([0, 0, 0]);
  });
});

describe('like another, and another all the same', () => {
  it('the same branch of two ports of one host is of two clients (section 17.2.3)', () => {
    const rig = new Rig();
    rig.autoStatus = 202;
    const text = requestOf('MESSAGE', 'z9hG4bKsame');
    rig.receive(text);
    rig.receive(text.replace('10.0.0.2:5060', '10.0.0.2:5070').replace('tag=f9', 'tag=f10'));
    rig.receive(text.replace('10.0.0.2:5060', '10.0.0.2').replace('tag=f9', 'tag=f11'));
    expect(rig.heard).toHaveLength(3);
  });

  it('Call-IDs that differ in case are of two calls (section 20.8), so that neither request is merged', () => {
    const rig = new Rig();
    rig.autoStatus = 202;
    rig.receive(requestOf('MESSAGE', 'z9hG4bKlower'));
    rig.receive(requestOf('MESSAGE', 'z9hG4bKupper').replace('call-9', 'CALL-9'));
    expect(rig.ports.takeSent().map(statusOf)).toEqual([202, 202]);
  });

  it('A23: two devices at two addresses of ours get the same request on two ways, and neither is merged', () => {
    const rig = new Rig();
    const [first, second] = ['z9hG4bKone', 'z9hG4bKtwo'].map((branch) => requestOf('INVITE', branch));
    rig.receive(first);
    const { octets } = rig.ports;
    const block = octets.put(second);
    const start = octets.start(block);
    rig.endpoint.onDatagram(1, PEER_IP, 5060, block, octets.buf, start, start + second.length);
    octets.release(block);
    expect(rig.heard).toEqual(['request INVITE', 'request INVITE']);
    expect(rig.ports.sent.map(({ text }) => statusOf(text))).not.toContain(482);
    // On a third way to the first of them it is (section 8.2.2.2).
    rig.receive(requestOf('INVITE', 'z9hG4bKthree'));
    expect(rig.ports.takeSent().map(statusOf)).toContain(482);
    expect(rig.heard).toHaveLength(2);
  });
});
