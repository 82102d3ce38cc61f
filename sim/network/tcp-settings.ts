/**
 * Settings of the TCP model, one set for a world. The defaults are assumed, near what common stacks do; where an RFC gives a
 * value it is named.
 */
export interface TcpSettings {
  /** Octets of a segment, cut anywhere: uniform between the two. Large by default, so that bulk data costs few events. */
  readonly segmentMinOctets: number;
  readonly segmentMaxOctets: number;
  /** Sent but not yet read by the receiver. */
  readonly windowOctets: number;
  /** Queued beyond the window: above it `write` answers false; at half of it `onTcpWritable` follows. */
  readonly highWaterOctets: number;
  /** First retransmission timeout of a SYN (RFC 6298 section 2.1). */
  readonly connectRtoNs: number;
  /** A connect without answer ends after this. */
  readonly connectGiveUpNs: number;
  /** Least retransmission timeout of data; twice the round trip if that is more. */
  readonly minRtoNs: number;
  /** Largest retransmission timeout (RFC 6298 section 2.5: at least 60 s). */
  readonly maxRtoNs: number;
  /** Unacknowledged for this long: the connection ends (RFC 1122 section 4.2.3.5, R2: at least 100 s). */
  readonly giveUpNs: number;
}

/** Afresh, to be filled in place: what a spread makes has another hidden class in each world (docs/performance.md). */
export function tcpDefaults(): TcpSettings {
  return {
    segmentMinOctets: 65_536,
    segmentMaxOctets: 65_536,
    windowOctets: 1_048_576,
    highWaterOctets: 262_144,
    connectRtoNs: 1_000_000_000,
    connectGiveUpNs: 75_000_000_000,
    minRtoNs: 200_000_000,
    maxRtoNs: 60_000_000_000,
    giveUpNs: 100_000_000_000,
  };
}
