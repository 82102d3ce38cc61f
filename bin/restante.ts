#!/usr/bin/env node
/** The program: reads the command line, runs one command, and sets the exit code. */
import { main } from './main.js';
import { processStreams } from './streams.js';

process.exitCode = await main(process.argv.slice(2), processStreams());
