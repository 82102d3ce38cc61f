#!/usr/bin/env node
/**
 * The program: reads the command line, runs one command, and sets the exit code. It comes from the bundle (`scripts/bundle.mjs`),
 * which is loaded several times as fast, unless that is of an older build than the modules: who only compiled must not get what was
 * there before.
 */
import { statSync } from 'node:fs';
import * as nodeModule from 'node:module';
import type * as Program from './program.js';

// From Node 22.1 on, what was compiled once is kept for the next start.
(nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.();

const bundle = new URL('../bundle/program.js', import.meta.url);
const changed = (file: URL) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
/** The compiler writes one of these for each room; a package that was packed has none. */
const builds = ['sim', 'models', 'workloads', 'results', 'bin'].map(
  (room) => new URL(`../${room}.tsbuildinfo`, import.meta.url),
);
const bundled = changed(bundle) > Math.max(0, ...builds.map(changed));
const { start } = bundled ? ((await import(bundle.href)) as typeof Program) : await import('./program.js');
process.exitCode = await start(process.argv.slice(2));
