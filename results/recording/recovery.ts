/**
 * How a deployment recovers from an outage of clients: how long until they are registered again and the store is empty of what
 * waited, and the waves in which they come. From the series of a run, so in whole seconds.
 *
 * Several outages are taken as one, from the first that begins up to the end of the last. What the clients do is told of those who were
 * cut alone (`reconnection.ts`), from the first healing on.
 */
import type { AttemptsBySecond } from './attempts.js';
import type { Recovery } from '../cell/recovery.js';
import type { Series } from '../cell-result.js';
import { DESIGN_OBJECTIVE } from '../objective.js';
import type { PlannedOutage, ReconnectionFigures } from './reconnection.js';
import { secondOf } from './series.js';

/** Share of the backlog that must be gone. */
const DRAINED_SHARE = 0.99;
/** A wave rises to this many times the lull before it, and falls again to one part in as many. */
const WAVE_FACTOR = 2;
/** Waves below this share of the highest one are noise, and so are those that round to none. */
const LEAST_WAVE = 0.02;
const LEAST_RATE = 0.5;
/** Seconds over which the share of inadequate attempts is taken. */
const ADEQUATE_S = 10;
/** Seconds over which the rate of REGISTER is averaged to find waves. */
const SMOOTHED_S = 5;

/**
 * The figures; undefined if the run ended before the outage did, or nobody lost the network. `attempts` tell how users fared, second by
 * second.
 */
export function recoveryOf(
  series: Series,
  outage: PlannedOutage,
  clientsBack: ReconnectionFigures,
  attempts?: AttemptsBySecond,
): Recovery | undefined {
  const { clients } = outage;
  const from = secondOf(outage.endsAtNs);
  const healsFrom = secondOf(outage.healsFromNs);
  const startsAtSecond = secondOf(outage.startsAtNs);
  const seconds = series.registersSent.length;
  if (from >= seconds || clients === 0) return undefined;
  const { registersSent, registersGranted, secondsToRegister } = clientsBack;
  const offered = peakOf(registersSent, healsFrom);
  const carried = peakOf(registersGranted, healsFrom);
  const peakBacklog = tail(series.storeRecords, healsFrom).reduce((most, one) => Math.max(most, one), 0);
  const before = startsAtSecond > 0 ? series.storeRecords[Math.min(startsAtSecond, seconds) - 1] : 0;
  const drained = before + (peakBacklog - before) * (1 - DRAINED_SHARE);
  const empty = peakBacklog > before ? lastAbove(series.storeRecords, from, drained) + 1 : from;
  return {
    endsAtSecond: from,
    clients,
    ...(secondsToRegister === undefined ? {} : { secondsToRegister }),
    ...(empty >= seconds ? {} : { secondsToDrain: empty - from }),
    ...adequateAfter(attempts, from),
    peakBacklog,
    peakRegistersOffered: offered.value,
    peakRegistersOfferedAtSecond: offered.second,
    peakRegistersCarried: carried.value,
    peakRegistersCarriedAtSecond: carried.second,
    waves: wavesOf(registersSent, healsFrom),
  };
}

/**
 * From when on no stretch of ten seconds has more inadequate attempts than the design objective allows; 0 if none ever had. Absent if
 * the last one still has, or nothing was attempted after the outage, which is told apart.
 */
function adequateAfter(
  attempts: AttemptsBySecond | undefined,
  from: number,
): Pick<Recovery, 'secondsToAdequate' | 'nothingAttempted'> {
  const seconds = attempts?.attempts.length ?? 0;
  if (attempts === undefined || seconds <= from) return {};
  let bad = from - 1;
  let attempted = 0;
  for (let start = from; start < seconds; start += ADEQUATE_S) {
    let all = 0;
    let failed = 0;
    let lastFailed = start;
    for (let second = start; second < Math.min(seconds, start + ADEQUATE_S); second++) {
      all += attempts.attempts[second];
      failed += attempts.failed[second];
      if (attempts.failed[second] > 0) lastFailed = second;
    }
    attempted += all;
    if (failed > all * DESIGN_OBJECTIVE) bad = lastFailed;
  }
  if (attempted === 0) return { nothingAttempted: true };
  if (bad < from) return { secondsToAdequate: 0 };
  return bad + ADEQUATE_S >= seconds ? {} : { secondsToAdequate: bad + 1 - from };
}

function tail(column: readonly number[], from: number): number[] {
  return column.slice(from);
}

function peakOf(column: readonly number[], from: number): { value: number; second: number } {
  let second = from;
  for (let i = from; i < column.length; i++) if (column[i] > column[second]) second = i;
  return { value: column[second], second };
}

/** The last second in which the column is above `level`; `from - 1` if it never is. */
function lastAbove(column: readonly number[], from: number, level: number): number {
  for (let i = column.length - 1; i >= from; i--) if (column[i] > level) return i;
  return from - 1;
}

/** Peaks of the smoothed rate that stand out from the lulls around them, in order of time. */
function wavesOf(column: readonly number[], from: number): { atSecond: number; perSecond: number }[] {
  const rates = tail(column, from).map((_, i) => {
    const low = Math.max(from, from + i - Math.floor(SMOOTHED_S / 2));
    const high = Math.min(column.length, from + i + Math.ceil(SMOOTHED_S / 2));
    let sum = 0;
    for (let second = low; second < high; second++) sum += column[second];
    return sum / (high - low);
  });
  const highest = rates.reduce((most, rate) => Math.max(most, rate), 0);
  const waves: { atSecond: number; perSecond: number }[] = [];
  let rising = true;
  let turn = 0;
  rates.forEach((rate, i) => {
    if (rising) {
      if (rate > rates[turn]) turn = i;
      else if (rate * WAVE_FACTOR < rates[turn] || (i === rates.length - 1 && rates[turn] > 0)) {
        if (rates[turn] >= Math.max(LEAST_RATE, highest * LEAST_WAVE))
          waves.push({ atSecond: from + turn, perSecond: Math.round(rates[turn]) });
        rising = false;
        turn = i;
      }
    } else if (rate < rates[turn]) turn = i;
    else if (rate > rates[turn] * WAVE_FACTOR && rate >= highest * LEAST_WAVE) {
      rising = true;
      turn = i;
    }
  });
  return waves;
}
