/** What is wrong with a list of faults beyond its schema: it targets nothing, overlaps itself impossibly, lies outside the run. */
import type { Fault, FaultKind } from './faults-schema.js';
import type { Path, Problem } from '../scenario/problems.js';
import { phasesOf, type Scenario } from '../scenario/scenario.js';
import { devicesOf, Host, imHostsOf, instanceOnHost } from '../topology.js';
import { durationText } from '../scenario/units.js';

/** Kinds that hit a whole host, not the links of its members. */
const OF_HOSTS: ReadonlySet<FaultKind> = new Set([
  'crash',
  'pause',
  'slowdown',
  'clock-skew',
  'storage-latency',
  'storage-full',
  'storage-error',
  'lying-disk',
]);

/** Of these, the kinds that hit one client alone: each is a machine of its own. */
const OF_MEMBERS: ReadonlySet<FaultKind> = new Set(['crash', 'pause']);

/** Kinds of what clients do not have: a processor with a queue, a disk. */
const OF_SERVERS: ReadonlySet<FaultKind> = new Set([
  'slowdown',
  'storage-latency',
  'storage-full',
  'storage-error',
  'lying-disk',
]);

/** Kinds of what only those have who keep something. */
const OF_DISKS: ReadonlySet<FaultKind> = new Set([
  'storage-latency',
  'storage-full',
  'storage-error',
  'lying-disk',
]);

/** Kinds of which two at a time on one host contradict each other. */
const EXCLUSIVE: ReadonlySet<FaultKind> = new Set(['crash', 'pause', 'lying-disk']);

type Say = (key: string, message: string) => void;

/** All problems of `scenario.faults` and `heal`, as paths into the scenario. */
export function checkFaults(scenario: Scenario): Problem[] {
  const problems: Problem[] = [];
  const { loadFromNs, healNs, endNs } = phasesOf(scenario);
  if (healNs > endNs || healNs < loadFromNs) {
    problems.push({
      path: ['heal', 'at'],
      message: `the run has load from ${durationText(loadFromNs)} on and is over at ${durationText(endNs)}`,
    });
  }
  const ids = new Map<string, Fault>();
  scenario.faults.forEach((fault, index) => {
    const say: Say = (key, message) => {
      const path: Path = key === '' ? ['faults', index] : ['faults', index, key];
      problems.push({ path, message });
    };
    checkTime(fault, scenario, say);
    checkTarget(fault, scenario, say);
    checkParams(fault, say);
    const id = fault.id ?? `f${index}`;
    const other = ids.get(id);
    if (other !== undefined)
      say(fault.id === undefined ? '' : 'id', `the id "${id}" is that of the ${named(other)}`);
    ids.set(id, fault);
    for (const other of scenario.faults.slice(0, index)) checkOverlap(fault, other, say);
    for (const other of scenario.faults) checkPause(fault, other, say);
  });
  return problems;
}

function checkTime(fault: Fault, scenario: Scenario, say: Say): void {
  const { endNs, healNs } = phasesOf(scenario);
  if (fault.for === 0) say('for', 'a fault of no length has no effect');
  if (fault.at >= endNs) {
    const end = durationText(endNs);
    say('at', `the run is over at ${end} (rampUp + duration + drain): the fault never happens`);
  } else if (fault.at >= healNs) {
    say(
      'at',
      `everything heals at ${durationText(healNs)} (heal.at, or rampUp + duration): the fault never happens`,
    );
  } else if (fault.for !== undefined && fault.at + fault.for > endNs) {
    say('for', `the run is over at ${durationText(endNs)}, before the fault is`);
  }
  if (fault.kind === 'clog' && fault.for === undefined) say('kind', 'a clog needs an end: give it a "for"');
  if (fault.kind === 'pause' && fault.target === 'clients' && fault.for === undefined) {
    say('kind', 'a pause of clients needs an end: give it a "for"');
  }
}

function checkTarget(fault: Fault, scenario: Scenario, say: Say): void {
  const { target, mode, value, members } = fault;
  const { clients } = devicesOf(scenario);
  const names = [...Object.values(Host), ...imHostsOf(scenario).slice(1)];
  if (!names.includes(target)) {
    const { instances } = scenario.server;
    const why = instanceOnHost(target) > 0 ? `: server.instances is ${instances}` : '';
    say('target', `this scenario has no host "${target}"${why}; it has ${names.join(', ')}`);
  }
  if (target === 'xdms' && !scenario.server.metadata.enabled) {
    say('target', 'nobody talks to the IM XDMS: server.metadata.enabled is false');
  }
  const counted = mode === 'fixed' || mode.endsWith('percent');
  if (members !== undefined) {
    if (target !== 'clients') say('members', `there is one ${target}: members are for the target "clients"`);
    else if (members.some((one, i) => one >= clients || (i > 0 && one <= (members[i - 1] ?? -1)))) {
      say('members', `members are numbers below ${clients}, ascending, each once`);
    }
    if (mode !== 'all' || value !== undefined) say('members', 'members take the place of mode and value');
    return;
  }
  if (!counted && value !== undefined) say('value', `mode "${mode}" takes no value`);
  if (counted && value === undefined) say('mode', `mode "${mode}" needs a value`);
  if (counted && value === 0) say('value', 'it hits nobody');
  if (mode !== 'all' && target !== 'clients') {
    say('mode', `there is one ${target}: mode "${mode}" is for the target "clients"`);
  }
  if (mode.endsWith('percent') && (value ?? 0) > 100) say('value', 'at most 100 percent');
  if (mode.endsWith('percent') && (value ?? 0) > 0 && Math.round((clients * (value ?? 0)) / 100) === 0) {
    say('value', `of ${clients} clients that is nobody`);
  }
  if (mode === 'fixed' && (value ?? 0) > clients) say('value', `there are ${clients} clients`);
  if (mode === 'fixed' && !Number.isInteger(value ?? 0))
    say('value', 'a whole number of clients is needed here');
}

function checkParams(fault: Fault, say: Say): void {
  const { kind, target } = fault;
  if (target === 'clients' && OF_SERVERS.has(kind)) {
    say('target', `"${kind}" is for servers; a client can "crash" or "pause"`);
  }
  if (target === 'core' && OF_DISKS.has(kind)) {
    say('target', `"${kind}" is for IM Server and IM XDMS; the Core keeps nothing on a disk`);
  }
  if (target === 'xdms' && kind === 'slowdown') {
    say('target', 'the IM XDMS has no CPU station that could be slow; "storage-latency" delays its answers');
  }
  if (OF_HOSTS.has(kind) && fault.direction !== 'both') say('direction', `"${kind}" has no direction`);
  const some = fault.mode !== 'all' || fault.members !== undefined;
  if (OF_HOSTS.has(kind) && !OF_MEMBERS.has(kind) && some && target === 'clients') {
    say('kind', `"${kind}" hits all clients at once`);
  }
  switch (kind) {
    case 'loss':
      if (fault.percent === undefined && fault.gemodel === undefined) {
        say('kind', 'a fault of kind "loss" needs a percent or a gemodel');
      }
      return;
    case 'drop':
      if (fault.direction === 'both') say('kind', 'a fault of kind "drop" needs a direction, "out" or "in"');
      if (target === 'clients' && fault.members?.length !== 1)
        say('kind', 'a fault of kind "drop" needs one member');
      return;
    case 'slicer':
      if (fault.size === 0) say('size', 'a segment carries at least one octet');
      return;
    case 'rate':
      if (fault.rate === 0) say('rate', 'a link of 0 bit/s carries nothing: use "partition" or "stall"');
      return;
    case 'clock-skew':
      if (fault.offset === 0 && fault.drift === 0) say('kind', 'a clock without offset and drift is right');
      return;
    default:
  }
}

function checkOverlap(fault: Fault, earlier: Fault, say: Say): void {
  if (fault.kind !== earlier.kind || fault.target !== earlier.target || !EXCLUSIVE.has(fault.kind)) return;
  // Pauses of one client are one pause up to the later end; a client that is down cannot crash.
  if (fault.target === 'clients' && (fault.kind === 'pause' || !mayShareMember(fault, earlier))) return;
  const apart = endOf(fault) < earlier.at || endOf(earlier) < fault.at;
  if (!apart) say('at', `it overlaps the ${named(earlier)}`);
}

/** What is down cannot stand still. The other way round a crash ends the pause, whichever of them comes first in the plan. */
function checkPause(pause: Fault, crash: Fault, say: Say): void {
  if (pause.kind !== 'pause' || crash.kind !== 'crash' || pause.target !== crash.target) return;
  if (pause.target === 'clients') return;
  if (crash.at <= pause.at && pause.at < endOf(crash)) say('at', `its host is down: ${named(crash)}`);
}

/** A fault as other ones name it: the file has them by their instants. */
function named({ kind, target, at, for: lasts }: Fault): string {
  const end = lasts === undefined ? '' : ` for ${durationText(lasts)}`;
  return `${kind} of ${target} at ${durationText(at)}${end}`;
}

/** True if both may hit one client: a share by number may be of anybody. */
function mayShareMember({ members }: Fault, earlier: Fault): boolean {
  if (members === undefined || earlier.members === undefined) return true;
  return earlier.members.some((one) => members.includes(one));
}

function endOf(fault: Fault): number {
  return fault.at + (fault.for ?? Infinity);
}
