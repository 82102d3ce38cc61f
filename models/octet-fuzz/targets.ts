/** Every reader of octets that peers send, for the campaigns of made-up octets. */
import { contentTargets } from './content-targets.js';
import { judgeTargets } from './judge-targets.js';
import { sipTargets } from './sip-targets.js';
import { streamTargets } from './stream-targets.js';
import type { OctetTarget } from './target.js';

/** All targets, with objects of their own. */
export function octetTargets(): readonly OctetTarget[] {
  return [...sipTargets(), ...contentTargets(), ...streamTargets(), ...judgeTargets()];
}
