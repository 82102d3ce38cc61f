/**
 * What a schema cannot say: values that are each in order and make no sense together. Each fault names the key to change.
 */
import { thresholdProblems } from './objectives.js';
import type { Problem } from './problems.js';
import { phasesOf, type Fault, type Scenario } from './scenario.js';
import { durationText } from './units.js';

/** Room for the headers of a MESSAGE with a canary in every forbidden value, under the 1300 octets of RFC 3428 section 8. */
const LARGEST_BODY_OCTETS = 500;
/** A body starts with its mark. */
const SMALLEST_BODY_OCTETS = 16;

/** All contradictions of an expanded scenario; empty if there is none. */
export function checkConsistency(scenario: Scenario): Problem[] {
  const problems: Problem[] = [];
  const say = (path: string, message: string) =>
    problems.push({ path: path.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key)), message });

  const { pager } = scenario.traffic;
  if (scenario.duration === 0)
    say('duration', 'a run without load has nothing to show: make it longer than 0s');
  if (pager.rate === 0) say('traffic.pager.rate', 'a rate of 0 offers no message');
  checkSizes(scenario, say);
  if (pager.expires.min > pager.expires.max)
    say('traffic.pager.expires.min', 'the minimum is above the maximum');
  if (pager.expires.min < 1_000_000_000)
    say('traffic.pager.expires.min', 'Expires counts whole seconds: at least 1s');

  const { network, server, client, core } = scenario;
  if (network.jitter > network.delay)
    say('network.jitter', 'the variation of a delay cannot exceed the delay');
  if (network.mtu < 576) say('network.mtu', 'IPv4 asks for at least 576 octets');
  if (network.up === 0) say('network.up', 'a link of 0 bit/s carries nothing');
  if (network.down === 0) say('network.down', 'a link of 0 bit/s carries nothing');
  if (network.loss === 1) say('network.loss', 'with all packets lost nothing happens');
  const { expiry } = server;
  if (expiry.default > expiry.max)
    say('server.expiry.default', 'the default lifetime is above the maximum (S6b)');
  if (server.push.chunk === 0) say('server.push.chunk', 'a chunk carries at least one octet');
  if (client.backoffBase > client.backoffMax) say('client.backoffBase', 'the base is above the ceiling');
  if (core.liveDeliveryLimit < 1_000_000_000) {
    say('core.liveDeliveryLimit', 'below 1s no retransmission of the live delivery could be answered');
  }
  problems.push(...thresholdProblems(scenario));
  scenario.faults.forEach((fault, index) => checkFault(fault, index, scenario, say));
  return problems;
}

type Say = (path: string, message: string) => void;

function checkSizes(scenario: Scenario, say: Say): void {
  const { size } = scenario.traffic.pager;
  const largest = size.dist === 'fixed' ? size.value : size.max;
  const smallest = size.dist === 'fixed' ? size.value : size.min;
  const top = size.dist === 'fixed' ? 'value' : 'max';
  const bottom = size.dist === 'fixed' ? 'value' : 'min';
  if (largest > LARGEST_BODY_OCTETS) {
    say(
      `traffic.pager.size.${top}`,
      `a Pager Mode body has at most ${LARGEST_BODY_OCTETS}B here: a MESSAGE stays below 1300 octets (RFC 3428 section 8)`,
    );
  }
  if (smallest < SMALLEST_BODY_OCTETS) {
    say(
      `traffic.pager.size.${bottom}`,
      `a body has at least ${SMALLEST_BODY_OCTETS}B, the mark that tells messages apart`,
    );
  }
  if (smallest > largest) say('traffic.pager.size.min', 'the minimum is above the maximum');
}

function checkFault(fault: Fault, index: number, scenario: Scenario, say: Say): void {
  const { endNs } = phasesOf(scenario);
  const path = `faults.${index}`;
  if (fault.for === 0) say(`${path}.for`, 'a fault of no length has no effect');
  if (fault.at >= endNs) {
    say(
      `${path}.at`,
      `the run is over at ${durationText(endNs)} (rampUp + duration + drain): the fault never happens`,
    );
  }
  const counted = fault.mode === 'fixed' || fault.mode.endsWith('percent');
  if (!counted && fault.value !== undefined) say(`${path}.value`, `mode "${fault.mode}" takes no value`);
  if (counted && fault.value === undefined) say(`${path}.mode`, `mode "${fault.mode}" needs a value`);
  if (fault.mode !== 'all' && fault.target !== 'clients') {
    say(`${path}.mode`, `there is one ${fault.target}: mode "${fault.mode}" is for the target "clients"`);
  }
  if (fault.mode.endsWith('percent') && (fault.value ?? 0) > 100) say(`${path}.value`, 'at most 100 percent');
  if (fault.mode === 'fixed' && (fault.value ?? 0) > scenario.population.subscribers) {
    say(`${path}.value`, `there are ${scenario.population.subscribers} subscribers`);
  }
  if (fault.mode === 'fixed' && !Number.isInteger(fault.value ?? 0)) {
    say(`${path}.value`, 'a whole number of clients is needed here');
  }
  if (fault.kind === 'loss' && fault.percent === undefined)
    say(`${path}.kind`, 'a fault of kind "loss" needs a percent');
  if (fault.kind !== 'loss' && fault.percent !== undefined)
    say(`${path}.percent`, 'only kind "loss" has a percent');
}
