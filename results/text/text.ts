/**
 * The report of one run in text, for the terminal and, as a code block, for `summary.md`. It says what happened and nothing that
 * it was not told: a metric with nothing in it is left out.
 */
import type { Distribution, Throughput } from '../cell/figures.js';
import type { CellResult, InvariantVerdict, Summary } from '../cell-result.js';
import { clockOfNs, columns, durationOfUs, octetsText, thousands } from './format.js';
import { largeText } from './large-text.js';
import { DESIGN_OBJECTIVE } from '../objective.js';
import { serviceTimesText } from '../service-times.js';
import { stationRows } from './station-rows.js';
import { judge } from '../verdict.js';
import { unsettledText, warmUpText } from './warm-up-text.js';

/** The exact part of the report. */
export function summaryText(summary: Summary): string {
  const { scenario, seed, subscribers, virtualNs } = summary;
  const sections = [
    [
      `${scenario}, seed ${seed}, ${thousands(subscribers)} subscribers, ${clockOfNs(virtualNs)} of virtual time`,
    ],
    header(summary),
    warmUp(summary),
    messages(summary),
    delays(summary),
    largeText(summary.large),
    notifications(summary),
    loads(summary),
    recovery(summary),
    stations(summary),
    selfChecks(summary),
    attempts(summary),
    thresholds(summary),
    invariants(summary.invariants),
    [...serviceTimesText(summary.serviceTimes, summary.costSources), `fingerprint    ${summary.fingerprint}`],
  ];
  const lines = sections.filter((section) => section.length > 0).map((section) => section.join('\n'));
  return `${lines.join('\n\n')}\n`;
}

/** The whole report: exact figures, the speed of this run, the verdict and where it is kept; `page` is where `report.html` is. */
export function reportText(result: CellResult, folder: string, page?: string): string {
  const { summary, timing } = result;
  const speed = `simulated in ${(timing.wallMs / 1000).toFixed(1)} s, ${thousands(Math.round(timing.speed))} times real time, ${thousands(Math.round(timing.eventsPerSecond))} events/s`;
  const { sentence } = judge(summary);
  const report = page === undefined ? [] : [`Report   ${page}`];
  const where = [`Results  ${folder}`, ...report];
  return [summaryText(summary), speed, '', sentence, ...where, ''].join('\n');
}

function header(summary: Summary): string[] {
  const lines: string[] = [];
  if (summary.overrides.length > 0) lines.push(`with ${summary.overrides.join(', ')}`);
  if (summary.sabotage !== null) lines.push(`SABOTAGED by ${summary.sabotage}: a bug was planted on purpose`);
  if (summary.counts.offered === 0) lines.push('nothing was offered: no message was put to the test');
  if (summary.partial) lines.push(`PARTIAL (${summary.outcome}): the figures cover the time until then`);
  return lines;
}

function warmUp({ warmUp: found }: Summary): string[] {
  if (found === undefined) return [];
  const unsettled = unsettledText(found);
  return [warmUpText(found), ...(unsettled === undefined ? [] : [`  ${unsettled}`])];
}

function messages({ counts, byUsers }: Summary): string[] {
  const rows: [string, number][] = [
    ['offered', counts.offered],
    ['sent', counts.sent],
    ['delivered at once', counts.deliveredAtOnce],
    ['answered 200, delivered', counts.answeredDelivered],
    ['answered 202, deferred', counts.answeredDeferred],
    ['answered otherwise', counts.answeredFailed],
    ['not answered', counts.unanswered],
    ['stored', counts.stored],
    ['pushed', counts.pushed],
    [byUsers === undefined ? 'presented from a push' : 'presented from the store', counts.presented],
    ['duplicates not presented', counts.duplicatesDropped],
    ['fetched by their users', byUsers?.fetched ?? 0],
    ['settled', counts.settled],
    ['deleted unread by their users', byUsers?.discarded ?? 0],
    ['expired', counts.expired],
    ['rejected', counts.rejected],
    ['set aside, undeliverable', counts.deadLettered],
    ['still waiting', counts.stillWaiting],
  ];
  const always = new Set([
    'sent',
    'delivered at once',
    'stored',
    'pushed',
    'settled',
    'expired',
    'rejected',
    'still waiting',
  ]);
  const shown = rows.filter(([name, value]) => value !== 0 || always.has(name));
  return ['messages', ...indented(columns(shown.map(([name, value]) => [name, thousands(value)])))];
}

function notifications({ notifications: all }: Summary): string[] {
  if (all === undefined) return [];
  const rows: [string, number][] = [
    ['asked for', all.asked],
    ['delivered, sent', all.sent],
    ['delivered, received', all.received],
    ['displayed, sent', all.displayedSent ?? 0],
    ['displayed, received', all.displayedReceived ?? 0],
    ['failed, sent', all.failuresTold],
    ['failed, received', all.failuresReceived],
    ['failed, not sent', all.failuresUntold ?? 0],
  ];
  const shown = rows.filter(([name, value]) => value !== 0 || !/^(failed|displayed)/.test(name));
  return ['notifications', ...indented(columns(shown.map(([name, value]) => [name, thousands(value)])))];
}

function delays({ distributions: all }: Summary): string[] {
  const rows: [string, Distribution | undefined][] = [
    ['send to 200, delivered', all.answerDelivered],
    ['send to 202, deferred', all.answerDeferred],
    ['store delay', all.storeDelay],
    ['trigger latency', all.triggerLatency],
    ['drain time', all.drainTime],
    ['dwell', all.dwell],
    ['registration', all.registrationDelay],
  ];
  const shown = rows.flatMap(([name, d]) =>
    d === undefined
      ? []
      : [[name, ...[d.p50Us, d.p95Us, d.p99Us, d.maxUs].map(durationOfUs), thousands(d.count)]],
  );
  if (shown.length === 0) return [];
  return indentedTable([['delays', 'p50', 'p95', 'p99', 'max', 'count'], ...shown]);
}

function loads({ throughput, store, counts }: Summary): string[] {
  const lines: string[] = [];
  if (throughput !== undefined) {
    lines.push(
      `push throughput   messages/s  ${rateText(throughput.messages, thousands)}`,
      `                  octets/s    ${rateText(throughput.octets, octetsText)}`,
    );
  }
  if (store !== undefined) {
    const records = `${thousands(store.peakRecords)} messages at ${clockOfNs(store.peakRecordsAtSecond * 1e9)}`;
    const octets = `${octetsText(store.peakOctets)} at ${clockOfNs(store.peakOctetsAtSecond * 1e9)}`;
    lines.push(`store, at most    ${records}, ${octets}`);
  }
  const { pushSessions, pushSessionsFailed, triggers } = counts;
  if (pushSessions > 0) {
    lines.push(
      `push sessions     ${thousands(pushSessions)} after ${thousands(triggers)} triggers, ${thousands(pushSessionsFailed)} failed`,
    );
  }
  lines.push(
    `registration      ${thousands(counts.registersSent)} sent, ${thousands(counts.registered)} granted, ${thousands(counts.registerFailures)} failed`,
    `SIP               ${thousands(counts.retransmissions)} retransmissions, ${thousands(counts.transactionTimeouts)} time-outs, ${thousands(counts.malformed)} malformed`,
  );
  if (counts.xdmsRequests + counts.metadataFailed > 0) {
    lines.push(
      `metadata          ${thousands(counts.metadataPut)} put, ${thousands(counts.metadataDeleted)} deleted, ${thousands(counts.metadataFailed)} failed and repeated, ${thousands(counts.metadataReconciled)} lists compared`,
    );
  }
  return lines;
}

function recovery({ recovery: figures }: Summary): string[] {
  if (figures === undefined) return [];
  const after = (seconds: number | undefined) =>
    seconds === undefined
      ? 'not until the end of the run'
      : seconds === 0
        ? 'at once'
        : // Known in whole seconds, so without the decimals of what is measured.
          `after ${seconds < 60 ? `${seconds} s` : durationOfUs(seconds * 1e6)}`;
  const waves = figures.waves.map(
    ({ atSecond, perSecond }) => `${thousands(perSecond)}/s at ${clockOfNs(atSecond * 1e9)}`,
  );
  return [
    `recovery from ${clockOfNs(figures.endsAtSecond * 1e9)} on, when the last of ${thousands(figures.clients)} clients got their network back`,
    `  registered again, 99 %  ${after(figures.secondsToRegister)}`,
    `  backlog gone, 99 %      ${after(figures.secondsToDrain)}, from ${thousands(figures.peakBacklog)} messages`,
    `  attempts adequate again ${figures.nothingAttempted === true ? '(nothing was sent afterwards)' : after(figures.secondsToAdequate)}`,
    `  REGISTER at most        ${thousands(figures.peakRegistersOffered)}/s offered at ${clockOfNs(figures.peakRegistersOfferedAtSecond * 1e9)}, ${thousands(figures.peakRegistersCarried)}/s carried at ${clockOfNs(figures.peakRegistersCarriedAtSecond * 1e9)}`,
    ...(waves.length === 0 ? [] : [`  waves                   ${waves.join(', ')}`]),
  ];
}

function stations(summary: Summary): string[] {
  const rows = stationRows(summary);
  if (rows.length === 0) return [];
  return indentedTable([
    [
      'stations',
      'servers',
      'busy under load',
      'busiest second',
      'at most',
      'time',
      'service',
      'jobs',
      'refused',
    ],
    ...rows,
  ]);
}

function selfChecks({ selfChecks: all }: Summary): string[] {
  if (all === undefined || all.length === 0) return [];
  const held = all.filter((check) => check.held);
  const broken = all.filter((check) => !check.held);
  const worst = held.reduce((most, { residual }) => Math.max(most, residual), 0);
  return [
    `self-checks: ${held.length} of ${all.length} laws hold (Little, utilisation, conservation), largest residual ${Number((100 * worst).toPrecision(2))} %`,
    ...broken.map(
      ({ law, where, expected, measured }) =>
        `  BROKEN  ${law}, ${where}: ${measured} instead of ${expected}`,
    ),
  ];
}

function attempts({ ihs }: Summary): string[] {
  if (ihs === undefined || ihs.attempts === 0) return [];
  const { inadequate, attempts: all, unanswered, undelivered, spoilt } = ihs;
  const limit = (ns: number) => durationOfUs(ns / 1000);
  const share = Number(((100 * inadequate) / all).toPrecision(3));
  return [
    `IHSA              ${share} %: ${thousands(inadequate)} of ${thousands(all)} attempts`,
    ...(inadequate === 0
      ? []
      : [
          `                  ${thousands(unanswered)} not answered within ${limit(ihs.answerLimitNs)}, ${thousands(undelivered)} not delivered within ${limit(ihs.deliveryLimitNs)} to a registered recipient, ${thousands(spoilt)} spoilt`,
        ]),
  ];
}

/** A run that handled much inadequately may pass: nobody said how much is too much. */
const UNASKED = `thresholds: none; the verdict is that of the invariants, whatever the IHSA is (ETSI TS 186 008 asks for at most ${100 * DESIGN_OBJECTIVE} %)`;

function thresholds({ thresholds: verdicts, ihs }: Summary): string[] {
  if (verdicts === undefined || verdicts.length === 0) {
    const inadequate = ihs !== undefined && ihs.inadequate > DESIGN_OBJECTIVE * ihs.attempts;
    return inadequate ? [UNASKED] : [];
  }
  const lines = verdicts.map(({ threshold, met, severity, measured }) => {
    const state = met ? 'met' : severity === 'fail' ? 'NOT MET' : 'warning, not met';
    return `${state}  ${threshold}  (${measured})`;
  });
  return ['thresholds', ...indented(lines)];
}

function rateText(rate: Throughput, amount: (value: number) => string): string {
  const mean = amount(Math.round(rate.meanPerActiveSecond * 10) / 10);
  return `mean ${mean} over the ${thousands(rate.activeSeconds)} s with pushes, peak ${amount(rate.peakPerSecond)} at ${clockOfNs(rate.peakAtSecond * 1e9)}`;
}

function invariants(verdicts: readonly InvariantVerdict[]): string[] {
  if (verdicts.length === 0) return [];
  const held = verdicts.filter((verdict) => verdict.held).length;
  const lines = [`invariants: ${held} of ${verdicts.length} held`];
  for (const { id, title, held: holds, checked, violations, first, notes } of verdicts) {
    const state = holds
      ? `held (${thousands(checked)} ${checked === 1 ? 'check' : 'checks'})`
      : `VIOLATED ${violations === 1 ? 'once' : `${thousands(violations)} times`}`;
    lines.push(`  ${id.padEnd(4)} ${title}: ${state}`);
    if (!holds && first !== undefined) lines.push(`       first: ${first}`);
    for (const [reason, count] of Object.entries(notes ?? {})) {
      lines.push(`       not held against it: ${thousands(count)}, ${reason}`);
    }
  }
  return lines;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** A table whose first line is not indented; the others are. */
function indentedTable(rows: readonly (readonly string[])[]): string[] {
  return columns(rows.map(([first, ...others], i) => [i === 0 ? first : `  ${first}`, ...others]));
}
