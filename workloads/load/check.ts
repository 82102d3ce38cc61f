/** Contradictions of a load that its schema cannot see. Paths are relative to the load. */
import { durationText } from '../scenario/units.js';
import { figuresOf } from './plan-load.js';
import type { Load } from './schema.js';

/** More pieces of a load than this are a slip in a unit, and would take longer than the run. */
const MOST_PIECES = 100_000;

type Say = (path: string, message: string) => void;

/** The key that says more about each executor and process. */
const DETAIL = {
  'ramping-arrival-rate': 'stages',
  stairs: 'stairs',
  spike: 'spike',
  soak: 'soak',
  diurnal: 'diurnal',
  closed: 'closed',
  mmpp: 'mmpp',
  'on-off': 'onOff',
  'beta-burst': 'burst',
  'uniform-burst': 'burst',
  trace: 'trace',
} as const;

const OWN_INSTANTS = ['beta-burst', 'uniform-burst', 'trace'];

/** Says what is wrong with `load`, which runs for `lengthNs`. */
export function checkLoad(load: Load, lengthNs: number, report: Say): void {
  let faults = 0;
  const say: Say = (path, message) => {
    faults++;
    report(path, message);
  };
  const words = [load.executor, load.process] as const;
  const needed = words.flatMap((word) => (word in DETAIL ? [DETAIL[word as keyof typeof DETAIL]] : []));
  for (const word of words) {
    const key = DETAIL[word as keyof typeof DETAIL] as keyof Load | undefined;
    if (key !== undefined && key !== 'diurnal' && load[key] === undefined) {
      say(word === load.executor ? 'executor' : 'process', `"${word}" needs the key "${key}"`);
    }
  }
  for (const key of new Set(Object.values(DETAIL))) {
    if (load[key] !== undefined && !needed.includes(key)) {
      const users = Object.entries(DETAIL).filter(([, detail]) => detail === key);
      say(
        key,
        `"${key}" belongs to ${users.map(([word]) => `"${word}"`).join(' and ')}, which is not chosen`,
      );
    }
  }
  const ownInstants = OWN_INSTANTS.includes(load.process);
  if (ownInstants && load.executor !== 'constant-arrival-rate')
    say('executor', `process "${load.process}" has instants of its own: leave the executor out`);
  if (load.executor === 'closed' && load.process !== 'poisson')
    say('process', 'in a closed population answers and thinking make the arrivals: leave the process out');
  const rateless = ownInstants || load.executor === 'closed';
  if (rateless && load.rate > 0)
    say('rate', `a rate has no meaning with "${ownInstants ? load.process : load.executor}": leave it out`);
  if (faults > 0) return;
  checkStages(load, lengthNs, say);
  checkStates(load, say);
  if (load.burst !== undefined && load.burst.over === 0) say('burst.over', 'a burst takes some time');
  const { closed } = load;
  if (closed !== undefined && closed.think === 0)
    say('closed.think', 'users who never think ask without end: give them some time');
  if (faults > 0) return; // stretches without length have no number
  checkPieces(load, lengthNs, say);
  if (faults > 0) return; // such a curve takes all memory
  if (lengthNs > 0 && !rateless && load.rate === 0 && load.executor === 'constant-arrival-rate')
    say(
      'rate',
      'a rate of 0 offers no message: executor "constant-arrival-rate" needs one, for example 36/s',
    );
  else if (lengthNs > 0 && figuresOf(load, lengthNs).expected === 0)
    say('', `no message is ever offered: the rate is 0 for all of ${durationText(lengthNs)}`);
}

function checkStages(load: Load, lengthNs: number, say: Say): void {
  const { stages, stairs, spike, soak, diurnal } = load;
  if (stages !== undefined) {
    const sum = stages.reduce((total, stage) => total + stage.for, 0);
    if (sum > lengthNs)
      say(
        'stages',
        `the stages take ${durationText(sum)}, the load only ${durationText(lengthNs)}: the last of them would never be reached`,
      );
  }
  if (stairs !== undefined) {
    if (stairs.every === 0) say('stairs.every', 'a step takes some time');
    if (stairs.step === 0)
      say('stairs.step', 'steps of 0 lead nowhere: use executor "constant-arrival-rate"');
    const steps = stairs.steps ?? 0;
    if (steps * stairs.every > lengthNs)
      say(
        'stairs.steps',
        `${steps} steps take ${durationText(steps * stairs.every)}, the load only ${durationText(lengthNs)}`,
      );
  }
  if (spike !== undefined) {
    if (spike.at < spike.edge) say('spike.edge', 'the climb would begin before the load');
    if (spike.at + spike.for + spike.edge > lengthNs)
      say('spike.at', `the spike would end after the load, which takes ${durationText(lengthNs)}`);
  }
  if (soak !== undefined && 2 * soak.ramp > lengthNs)
    say('soak.ramp', `two ramps do not fit into ${durationText(lengthNs)}`);
  if (diurnal !== undefined) {
    if (diurnal.day === 0) say('diurnal.day', 'a day takes some time');
    if (diurnal.hours.every((hour) => hour === 0)) say('diurnal.hours', 'a day without a message');
  }
}

function checkStates(load: Load, say: Say): void {
  const { mmpp, onOff } = load;
  mmpp?.states.forEach((state, i) => {
    if (state.mean === 0) say(`mmpp.states.${i}.mean`, 'a state lasts some time');
  });
  if (mmpp !== undefined && mmpp.states.every(({ weight }) => weight === 0))
    say('mmpp.states', 'a process with no state in which anything arrives');
  if (onOff !== undefined && onOff.on === 0) say('onOff.on', 'a busy time lasts some time');
}

/** Steps, hours and changes of state to be expected: no more of them than can be walked. */
function checkPieces({ stairs, diurnal, mmpp, onOff }: Load, lengthNs: number, say: Say): void {
  const limit = (path: string, what: string, eachNs: number) => {
    if (lengthNs / eachNs > MOST_PIECES)
      say(path, `more than ${MOST_PIECES} ${what} in ${durationText(lengthNs)}: give them more time`);
  };
  if (stairs !== undefined && (stairs.steps ?? Infinity) > MOST_PIECES)
    limit('stairs.every', 'steps', stairs.every);
  if (diurnal !== undefined) limit('diurnal.day', 'hours of a day', diurnal.day / 24);
  const changes = 'changes of state are to be expected';
  if (mmpp !== undefined)
    limit('mmpp.states', changes, mmpp.states.reduce((sum, { mean }) => sum + mean, 0) / mmpp.states.length);
  if (onOff !== undefined) limit('onOff.on', changes, (onOff.on + onOff.off) / 2);
}
