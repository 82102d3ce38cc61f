/**
 * The readers of what streams carry as targets: MSRP, HTTP, and of what HTTP carries here XCAP and XML.
 */
import { httpTargets } from './http-targets.js';
import { msrpFrames, msrpUris } from './msrp-targets.js';
import type { OctetTarget } from './target.js';
import { xcapTarget, xmlDocuments } from './xcap-targets.js';

/** The readers of MSRP, HTTP, XCAP and XML; new objects with each call. */
export function streamTargets(): readonly OctetTarget[] {
  return [msrpFrames(), msrpUris(), ...httpTargets(), xcapTarget(), xmlDocuments()];
}
