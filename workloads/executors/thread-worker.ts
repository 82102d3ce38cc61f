/** The other side of `threads.ts`: simulates the cell it was started with, and posts the result. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Cell } from '../cell.js';
import { simulate } from '../simulate.js';

parentPort?.postMessage(simulate(workerData as Cell));
