/**
 * What grows with the work, each measured on processes of their own: octets of resident memory for each stored Pager Mode message,
 * from two sizes of backlog, so that what every process has falls out; and CPU time for each message (sent, deferred and stored) as
 * the population grows; and what fingerprint, metrics and invariants add to a run without them. In all but the last, they are on, and
 * their ledgers are part of the memory.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Footprint } from './footprint-child.js';

const CHILD = fileURLToPath(new URL('./footprint-child.js', import.meta.url));
/** Messages of the two backlogs; subscribers of both. */
const BACKLOGS = [100_000, 300_000] as const;
const BACKLOG_SUBSCRIBERS = 10_000;
const POPULATIONS = [10_000, 100_000, 1_000_000] as const;
const GROWTH_MESSAGES = 50_000;

export interface Grown {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

function footprint(messages: number, subscribers: number, how = ''): Footprint {
  const args = ['--expose-gc', CHILD, String(messages), String(subscribers), how];
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the process with ${messages} messages ended with ${status}`);
  return JSON.parse(stdout) as Footprint;
}

/** Runs the processes one after the other. */
export function footprints(): Grown[] {
  const [few, many] = BACKLOGS.map((messages) => footprint(messages, BACKLOG_SUBSCRIBERS));
  const octets = (many.residentOctets - few.residentOctets) / (many.stored - few.stored);
  const memory = { name: 'memory for each stored message', value: octets, unit: 'octets of RSS' };
  const growth = POPULATIONS.map((subscribers) => {
    const { cpuUs } = footprint(GROWTH_MESSAGES, subscribers);
    const name = `CPU time for each message, ${subscribers.toLocaleString('en')} users`;
    return { name, value: cpuUs / GROWTH_MESSAGES, unit: 'us' };
  });
  return [memory, ...growth, watching()];
}

/** Medians of three runs each, in turn. */
function watching(): Grown {
  const runs = [0, 1, 2].map(() => ['', 'bare'].map((how) => footprint(GROWTH_MESSAGES, 1000, how).cpuUs));
  const [all, bare] = [0, 1].map((column) => runs.map((row) => row[column]).sort((a, b) => a - b)[1]);
  const name = 'fingerprint, metrics and invariants, of a bare run';
  return { name, value: (all / bare - 1) * 100, unit: '%' };
}
