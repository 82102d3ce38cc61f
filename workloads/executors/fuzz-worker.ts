/** The other side of `fuzz-threads.ts`: runs each seed that it is sent, and posts its report. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Campaign } from '../fuzz/fuzz-cell.js';
import { runSeed } from '../fuzz/fuzz-seed.js';

const campaign = workerData as Campaign;
parentPort?.on('message', (seed: number) => parentPort?.postMessage(runSeed(campaign, seed)));
