/**
 * Packages of the npm registry that do a part of what we do, for a comparison within one run. They are development dependencies and are
 * used by nothing else. One that is not installed is left out, and said.
 *
 * Left out for good: drachtio-sip (its package pulls a linter and a hundred packages into every installation). For MSRP there is none:
 * `msrp-node-lib` was not to be had from the registry, nor `python3-msrplib` from Debian 12, so our reassembly stands alone.
 */
import { createRequire } from 'node:module';
import type { Candidate } from './measure.js';

const load = createRequire(import.meta.url);

/** The candidate that `make` makes of the package `name`, or none. */
export function peer<T>(name: string, make: (loaded: T) => Candidate): Candidate[] {
  try {
    return [make(load(name) as T)];
  } catch {
    console.error(`not installed, left out: ${name}`);
    return [];
  }
}

export interface SipParsing {
  parse(text: string): Record<string, string>;
}

export interface SipJs {
  parse(text: string): { headers: Record<string, unknown>; content: string };
  stringify(message: unknown): string;
}

export interface JsSipParser {
  parseMessage(text: string, agent: object): { call_id: string; toString(): string } | undefined;
}

/** `simjs` is made for browsers: it puts what it has on `window`. */
export interface SimJs {
  readonly Sim: new () => { addEntity(entity: unknown): unknown; simulate(until: number): unknown };
  readonly Entity: new () => SimJsEntity;
}

export interface SimJsEntity {
  setTimer(after: number): { done(then: () => void): unknown };
}

/** Loads simjs with a `window` to put itself on; undefined if it is not installed. */
export function simJs(): SimJs | undefined {
  const scope = globalThis as { window?: { Sim?: SimJs } };
  scope.window = {};
  try {
    load('simjs');
    return scope.window.Sim;
  } catch {
    return undefined;
  } finally {
    delete scope.window;
  }
}
