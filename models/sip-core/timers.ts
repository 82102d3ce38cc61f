/** Timer kinds of the Core, in one place so that no two are the same; those of the SIP endpoint lie above (`models/sip`). */
export const CoreTimer = {
  /** A binding's lifetime is over: a is the binding, b the generation of its slot. */
  lifetime: 1,
  /** A third-party REGISTER is tried again: a is the user. */
  thirdParty: 2,
  /** The limit of a live delivery (rules 2.1). */
  liveDelivery: 3,
  /** Timer C of RFC 3261 section 16.6. */
  timerC: 4,
  /** The flow that is silent for longest may be dead. */
  flows: 5,
} as const;
