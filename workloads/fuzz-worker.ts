/** The other side of `fuzz-campaign.ts`: runs each seed that it is sent, and posts its report. */
import { parentPort, workerData } from 'node:worker_threads';
import { runSeed } from './fuzz-campaign.js';
import type { Campaign } from './fuzz-cell.js';

const campaign = workerData as Campaign;
parentPort?.on('message', (seed: number) => parentPort?.postMessage(runSeed(campaign, seed).report));
