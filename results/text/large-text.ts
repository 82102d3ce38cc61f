/** The report's section on Large Messages; empty if none was offered. */
import type { Distribution, LargeFigures } from '../cell/figures.js';
import { columns, durationOfUs, octetsText, thousands } from './format.js';

export function largeText(large: LargeFigures | undefined): string[] {
  if (large === undefined) return [];
  const { counts, goodput, overhead } = large;
  const all: [string, number][] = [
    ['offered', counts.offered],
    ['asking for notifications', counts.asked ?? 0],
    ['confirmed', counts.confirmed],
    ['written, unconfirmed', counts.unconfirmed],
    ['delivered at once', counts.deliveredAtOnce],
    ['assembled by the IM Server', counts.assembled],
    ['stored', counts.stored],
    ['sessions retried', counts.retried],
    ['given up by their sender', counts.aborted],
    ['failed', counts.failed],
    ['content headers dropped', counts.contentHeadersDropped],
  ];
  const rows = all.filter(([name, value]) => value !== 0 || name === 'stored');
  const delays: [string, Distribution | undefined][] = [
    ['send to confirmation', large.answer],
    ['store delay', large.storeDelay],
    ['reassembly lag', large.reassemblyLag],
  ];
  const table = delays.flatMap(([name, d]) =>
    d === undefined
      ? []
      : [[name, ...[d.p50Us, d.p95Us, d.p99Us, d.maxUs].map(durationOfUs), thousands(d.count)]],
  );
  const lines = ['large messages', ...columns(rows.map(([name, value]) => [name, thousands(value)]))];
  if (table.length > 0) lines.push(...columns([['', 'p50', 'p95', 'p99', 'max', 'count'], ...table]));
  if (goodput !== undefined) {
    const mean = octetsText(Math.round(goodput.meanPerActiveSecond));
    lines.push(`reassembly goodput  ${mean}/s over the ${thousands(goodput.activeSeconds)} s with any`);
  }
  if (overhead !== undefined)
    lines.push(`overhead            ${overhead} octets on streams for each of payload`);
  return lines.map((line, i) => (i === 0 ? line : `  ${line}`));
}
