/** The media feature tags of Contact and Accept-Contact by which IM is found (rules 2.3), and what a binding can take by them. */

/** Pager Mode, and sessions that the IM Server opens. */
export const IM_TAG = '+g.oma.sip-im';
/** Large Message mode. */
export const LARGE_TAG = '+g.oma.sip-im.large-message';

/** Bits of what a binding takes, or a request needs. */
export const Feature = { im: 1, large: 2 } as const;
