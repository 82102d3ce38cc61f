/**
 * A leg: the transport and the timer profile of one transaction, in one small integer. The actor chooses it per transaction
 * (rule T1: T1, T2 and T4 are parameters of the leg), because the SIP/IP Core speaks the IMS profile towards a client and
 * the internet profile towards the IM Server.
 */

export const Transport = { udp: 0, tcp: 1 } as const;
export type Transport = (typeof Transport)[keyof typeof Transport];

/** RFC 3261 Table 4 (`internet`), and the air-interface values of TS 24.229 (`ims`). */
export const TimerProfile = { internet: 0, ims: 1 } as const;
export type TimerProfile = (typeof TimerProfile)[keyof typeof TimerProfile];

/** Transport + 2 x profile. */
export const Leg = { udpInternet: 0, tcpInternet: 1, udpIms: 2, tcpIms: 3 } as const;
export type Leg = (typeof Leg)[keyof typeof Leg];

export function legOf(transport: Transport, profile: TimerProfile): Leg {
  return (transport + 2 * profile) as Leg;
}

export function transportOf(leg: Leg): Transport {
  return (leg & 1) as Transport;
}

export function profileOf(leg: Leg): TimerProfile {
  return (leg >> 1) as TimerProfile;
}
