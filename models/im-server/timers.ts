/** Kinds of the IM Server's own timers; those of the SIP endpoint lie elsewhere (`SIP_TIMER_KINDS`). */
export const ImTimer = {
  msrp: 1,
  /** Earliest lifetime in the store. */
  expiry: 2,
  /** A trigger has waited its jitter. a: user. */
  pushJitter: 3,
  /** The start rate allows the next push. */
  pushRate: 4,
  /** What a user's last push left is tried again. a: user. */
  pushRetry: 5,
  /** A push session has neither failed nor come up in time, or its user has left and it did not end. a: push. */
  pushGuard: 6,
  /** A Large Message session has lasted too long. a: session. */
  largeLimit: 7,
  /** Metadata requests were collected long enough. a: channel. */
  metadataLinger: 8,
  /** The wait after a metadata request failed is over. a: channel. */
  metadataBackoff: 9,
  /** The IM XDMS has not answered for a while. a: channel. */
  metadataGuard: 10,
  /** What nobody confirms has been quiet long enough. a: push. */
  pushQuiet: 11,
} as const;
