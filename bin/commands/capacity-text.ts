/** What `restante capacity` prints: the loads that were tried, and the answer in words. */
import { unitOf } from '../../results/metrics.js';
import type { Bracket } from '../../results/search/bracket.js';
import type { CapacityAnswer, Probe } from '../../results/search/capacity.js';
import { headed, thousands } from '../../results/text/format.js';
import { valueText, type Threshold } from '../../results/thresholds.js';
import type { Quantity } from '../../workloads/vary.js';

/** A load with its unit. */
export function amountText(amount: number, { unit }: Quantity): string {
  return `${thousands(amount)}${unit}`;
}

/** Every load that was tried, a row each. */
export function tableOf(
  probes: readonly Probe[],
  objectives: readonly Threshold[],
  load: Quantity,
): string[] {
  return headed(
    [load.path, 'SApS', ...objectives.map(({ text }) => text), 'IHSA', 'busiest station', 'busy', ''],
    probes.map((probe) => [
      amountText(probe.load, load),
      thousands(Number(probe.attemptsPerS.toPrecision(4))),
      ...probe.values.map((value, i) =>
        value === null ? '-' : valueText(value, unitOf(objectives[i].metric, objectives[i].aggregate)),
      ),
      probe.ihs === undefined ? '-' : valueText(probe.ihs, 'share'),
      probe.station,
      `${(100 * probe.utilisation).toFixed(1)} %`,
      probe.passes ? 'pass' : 'fail',
    ]),
  );
}

function bracketText(found: Bracket, load: Quantity): string {
  const { highestPassing, lowestFailing } = found;
  if (highestPassing === undefined)
    return lowestFailing === undefined ? 'not measured' : `below ${amountText(lowestFailing, load)}`;
  const above =
    lowestFailing === undefined
      ? ' or more: no probe failed it'
      : `, the next one tried was ${amountText(lowestFailing, load)}`;
  return `${amountText(highestPassing, load)}${above}`;
}

/** The verdict in words: the answer, what gives way above it, and what the confirmation said. */
export function answerText(
  answer: CapacityAnswer,
  objectives: readonly Threshold[],
  path: string,
  load: Quantity,
  most: number,
): string[] {
  const { verdict, highestPassing, lowestFailing, contradiction, unconfirmed, probes } = answer;
  const lines: string[] = [];
  // A load that failed a confirmation alone is not among the probes: what gives way is seen at the next one that is.
  const failing = probes.find(({ load: tried, passes }) => !passes && tried >= (lowestFailing ?? Infinity));
  const binding =
    failing === undefined
      ? ''
      : ` ${failing.failed.join(', ')} gives way at ${amountText(failing.load, load)}; the busiest station there is ${failing.station}, ${(100 * failing.utilisation).toFixed(1)} % busy`;
  switch (verdict) {
    case 'found':
      lines.push(`Capacity ${amountText(highestPassing ?? 0, load)} (${path}).${binding}`);
      break;
    case 'bound-not-found':
      lines.push(`BOUND NOT FOUND: everything up to ${amountText(most, load)} passes; raise it with --max`);
      break;
    case 'nothing-passes':
      lines.push(`NOTHING PASSES: not even ${amountText(lowestFailing ?? 0, load)}.${binding}`);
      break;
    case 'not-monotone':
      lines.push(
        `NOT MONOTONE: ${amountText(contradiction?.failing ?? 0, load)} fails although ${amountText(contradiction?.passing ?? 0, load)} passes; there is no single ceiling`,
      );
      break;
    case 'not-confirmed':
      lines.push(
        `NOT CONFIRMED: ${amountText(highestPassing ?? 0, load)} passes with the common seed, but neither it nor 10 % less holds with fresh seeds`,
      );
      break;
  }
  objectives.forEach(({ text }, i) => {
    if (probes.every(({ values }) => values[i] === null))
      lines.push(`${text}: no probe had anything to measure there, and so it could not be met`);
  });
  if (verdict !== 'nothing-passes' && verdict !== 'bound-not-found') {
    const bracket = `highest passing ${amountText(highestPassing ?? 0, load)}, lowest failing ${amountText(lowestFailing ?? 0, load)}`;
    const lowered = unconfirmed !== undefined && verdict === 'found';
    const seeds = verdict === 'not-confirmed' ? ' with the common seed' : lowered ? ' with fresh seeds' : '';
    lines.push(`${bracket}${seeds}`);
    if (lowered) {
      const common =
        failing === undefined
          ? ''
          : `; with the common seed the first to fail is ${amountText(failing.load, load)}`;
      lines.push(
        `at ${amountText(unconfirmed.load, load)}, ${unconfirmed.failed.join(', ')} does not hold with fresh seeds${common}`,
      );
    }
  }
  for (const { objective, mean, halfWidth, met } of answer.confirmations) {
    if (mean === undefined) {
      lines.push(`with fresh seeds: ${objective} does not hold`);
      continue;
    }
    const threshold = objectives.find(({ text }) => text === objective);
    const unit = threshold === undefined ? 'count' : unitOf(threshold.metric, threshold.aggregate);
    const state = met ? 'holds' : 'does not hold';
    lines.push(
      `with fresh seeds: ${objective} ${state}, ${valueText(mean, unit)} +- ${valueText(halfWidth ?? 0, unit)}`,
    );
  }
  lines.push(
    `DOC, at most 0.1 % IHSA (ETSI TS 186 008): ${bracketText(answer.doc, load)}`,
    `zero-failure knee (RFC 7502): ${bracketText(answer.zeroFailure, load)}`,
  );
  return lines;
}
