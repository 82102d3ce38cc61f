#!/usr/bin/env node
/** The program: reads the command line, runs one command, and sets the exit code. */
import * as nodeModule from 'node:module';
import { processStreams } from './streams.js';

// From Node 22.1 on, what was compiled once is kept for the next start.
(nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.();
const { main } = await import('./main.js');
const args = process.argv.slice(2);
process.exitCode = await main(args, processStreams(args));
