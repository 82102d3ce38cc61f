/**
 * An IM Server of one's own. Here it is the built-in one with a wrapper that is deaf to every tenth datagram; SIP repeats what got
 * lost, so the invariants still hold. A server written from scratch is a factory of the same type.
 */
import {
  createClientFleet,
  createImServer,
  defineClient,
  defineServer,
  loadScenario,
  simulate,
} from 'restante';

const deafNowAndThen = defineServer((ports, config) => {
  const server = createImServer(ports, config);
  const hear = server.onDatagram.bind(server);
  let datagrams = 0;
  server.onDatagram = (...datagram) => {
    datagrams++;
    if (datagrams % 10 !== 0) hear(...datagram);
  };
  return server;
});

/** All IM Clients of a run are one actor; here the built-in one, as it is. */
const clients = defineClient((ports, config) => createClientFleet(ports, config));

const scenario = loadScenario('smoke', ['population.subscribers=40', 'traffic.pager.rate=2/s']);
const honest = simulate(scenario);
const { summary } = simulate(scenario, { server: deafNowAndThen, client: clients });
console.log(
  `more retransmissions: ${summary.counts.retransmissions > honest.summary.counts.retransmissions}`,
);
console.log(`invariants held: ${summary.invariants.every(({ held }) => held)}`);
