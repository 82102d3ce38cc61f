/**
 * What a schema cannot say: values that are each in order and make no sense together. Each fault names the key to change.
 */
import { indispensable } from '../../models/im-server/store/named-headers.js';
import { checkAnalysis } from '../steady-state.js';
import { thresholdProblems } from '../objectives.js';
import { checkFaults } from '../faults/faults-check.js';
import { checkLoad } from '../load/check.js';
import { epochProblem } from './epoch-check.js';
import type { Problem } from './problems.js';
import type { Scenario } from './scenario.js';

const LARGEST_LARGE_OCTETS = 64 * 1024 * 1024;
/** Room for the head of a message that asks for notifications. */
const ASKING_OCTETS = 1024;
const NO_ROOM_TO_ASK =
  'a message that asks for notifications has a head before its content: at most 65535KiB';
/** RFC 4975 section 7.1: longer chunks must be interruptible, and are not interrupted before. */
const FAIR_CHUNK_OCTETS = 2048;
/** A body starts with its mark. */
const SMALLEST_BODY_OCTETS = 16;

/** All contradictions of an expanded scenario; empty if there is none. */
export function checkConsistency(scenario: Scenario): Problem[] {
  const problems: Problem[] = [];
  const say = (path: string, message: string) =>
    problems.push({ path: path.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key)), message });

  const { pager, large } = scenario.traffic;
  if (large !== undefined) {
    checkLarge(large, say);
    checkLoad(large, scenario.duration, (path, message) =>
      say(path === '' ? 'traffic.large' : `traffic.large.${path}`, message),
    );
  }
  if (scenario.duration === 0)
    say('duration', 'a run without load has nothing to show: make it longer than 0s');
  const silent =
    pager.rate === 0 && pager.executor === 'constant-arrival-rate' && pager.process === 'poisson';
  if (!silent || large === undefined) {
    checkLoad(pager, scenario.duration, (path, message) =>
      say(path === '' ? 'traffic.pager' : `traffic.pager.${path}`, message),
    );
  }
  checkAnalysis(scenario, say);
  const odd = epochProblem(scenario);
  if (odd !== undefined) say('epoch', odd);
  checkTrace(scenario, say);
  checkPopulation(scenario, say);
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
  for (const [index, name] of (server.headers?.neverStore ?? []).entries()) {
    const needed = indispensable(name);
    if (needed !== undefined)
      say(`server.headers.neverStore.${index}`, `${name}: a deferred message needs its ${needed} (P8, S1)`);
  }
  if (client.backoffBase > client.backoffMax) say('client.backoffBase', 'the base is above the ceiling');
  if (core.liveDeliveryLimit < 1_000_000_000) {
    say('core.liveDeliveryLimit', 'below 1s no retransmission of the live delivery could be answered');
  }
  for (const [place, { cpu }] of [['core', core] as const, ['server', server] as const]) {
    const { discipline, priorities } = cpu;
    if (discipline === 'priority' && priorities.length === 0)
      say(
        `${place}.cpu.discipline`,
        '"priority" needs the key "priorities": kinds of work in order of urgency',
      );
    if (discipline !== 'priority' && priorities.length > 0)
      say(`${place}.cpu.priorities`, `discipline "${discipline}" has no priorities`);
    if (new Set(priorities).size < priorities.length)
      say(`${place}.cpu.priorities`, 'a kind of work stands here twice');
  }
  problems.push(...thresholdProblems(scenario));
  problems.push(...checkFaults(scenario));
  return problems;
}

type Say = (path: string, message: string) => void;

function checkLarge(large: NonNullable<Scenario['traffic']['large']>, say: Say): void {
  const { size } = large;
  const largest = size.dist === 'fixed' ? size.value : size.cap;
  const top = size.dist === 'fixed' ? 'value' : 'cap';
  const least = size.dist === 'fixed' ? size.value : Math.min(size.median, size.cap);
  if (large.executor === 'closed') say('traffic.large.executor', '"closed" is for Pager Mode traffic only');
  if (large.process === 'trace') say('traffic.large.process', '"trace" is for Pager Mode traffic only');
  if (large.chunk === 0) say('traffic.large.chunk', 'a chunk carries at least one octet');
  if (least < SMALLEST_BODY_OCTETS) {
    say(
      `traffic.large.size.${top}`,
      `a body has at least ${SMALLEST_BODY_OCTETS}B, the mark that tells messages apart`,
    );
  }
  if (largest > LARGEST_LARGE_OCTETS) {
    say(`traffic.large.size.${top}`, 'at most 64MiB, which is what an MSRP endpoint takes here');
  } else if (large.notifications > 0 && largest > LARGEST_LARGE_OCTETS - ASKING_OCTETS) {
    say(`traffic.large.size.${top}`, NO_ROOM_TO_ASK);
  }
  if (large.interruptible && large.chunk <= FAIR_CHUNK_OCTETS) {
    say('traffic.large.chunk', 'chunks that may be interrupted are longer than 2KiB (R5)');
  }
}

/** Users and sizes that a trace names must exist here. */
function checkTrace(scenario: Scenario, say: Say): void {
  const { trace } = scenario.traffic.pager;
  const { subscribers } = scenario.population;
  for (const [index, [, sender, recipient, octets]] of (trace?.rows ?? []).entries()) {
    const row = `row ${index + 1} of the trace`;
    const user = Math.max(sender, recipient);
    if (user >= subscribers)
      say('traffic.pager.trace', `${row} names user ${user}, but users are 0 to ${subscribers - 1}`);
    else if (sender === recipient && sender >= 0)
      say('traffic.pager.trace', `${row}: user ${sender} writes to herself`);
    else if (octets >= 0 && (octets < SMALLEST_BODY_OCTETS || octets > LARGEST_LARGE_OCTETS))
      say(
        'traffic.pager.trace',
        `${row}: ${octets} octets; a body has ${SMALLEST_BODY_OCTETS} to ${LARGEST_LARGE_OCTETS} here`,
      );
    else continue;
    return;
  }
}

function checkPopulation(scenario: Scenario, say: Say): void {
  const { absence, subscribers, offlineShare } = scenario.population;
  const { devicesPerUser } = scenario.population;
  const sum = devicesPerUser.reduce((all, one) => all + one, 0);
  if (Math.abs(sum - 1) > 1e-6)
    say(
      'population.devicesPerUser',
      `the shares are ${Number((100 * sum).toPrecision(6))} % together, not 100 %: of users with one device, with two, and so on`,
    );
  const users = scenario.traffic.pager.closed?.users ?? 0;
  if (users > subscribers)
    say('traffic.pager.closed.users', `there are ${subscribers} subscribers: ${users} of them cannot send`);
  if (offlineShare === 1)
    say('population.offlineShare', 'with everybody offline nobody sends: leave somebody online');
  if (absence === undefined) return;
  if (absence.share === 0 || absence.share === 1)
    say('population.absence.share', 'users come and go only with a share between 0% and 100%');
  if (absence.median === 0) say('population.absence.median', 'an absence takes some time');
  if (absence.median > absence.mean)
    say('population.absence.median', 'the median of a lognormal time is not above its mean');
}

function checkSizes(scenario: Scenario, say: Say): void {
  const { size, notifications } = scenario.traffic.pager;
  const largest = size.dist === 'fixed' ? size.value : size.max;
  const smallest = size.dist === 'fixed' ? size.value : size.min;
  const top = size.dist === 'fixed' ? 'value' : 'max';
  const bottom = size.dist === 'fixed' ? 'value' : 'min';
  if (largest > LARGEST_LARGE_OCTETS) {
    say(`traffic.pager.size.${top}`, 'at most 64MiB, which is what an MSRP endpoint takes here');
  } else if (notifications > 0 && largest > LARGEST_LARGE_OCTETS - ASKING_OCTETS) {
    say(`traffic.pager.size.${top}`, NO_ROOM_TO_ASK);
  }
  if (smallest < SMALLEST_BODY_OCTETS) {
    say(
      `traffic.pager.size.${bottom}`,
      `a body has at least ${SMALLEST_BODY_OCTETS}B, the mark that tells messages apart`,
    );
  }
  if (smallest > largest) say('traffic.pager.size.min', 'the minimum is above the maximum');
}
