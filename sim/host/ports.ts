/**
 * The ports: all that a model can touch of the world. The virtual runtime (`sim/host/host.ts`) implements them on the
 * kernel; a second runtime on real sockets could implement the same interfaces, so nothing in `models/` may assume that it
 * is simulated.
 *
 * Conventions
 * - Time is an integer number of nanoseconds; octet positions are plain integers into {@link Octets.buf}.
 * - Completions carry integers, never closures. An actor gets each of them through a method of {@link Actor}.
 * - Octets that leave or arrive live in *blocks* of one arena. A block has one or more holders; `retain` adds one, `release`
 *   removes one. Passing a block to `udp.send` or `tcp.write` gives away the caller's hold: retain first to keep it.
 * - `local` names one of the addresses of a host, counted from 0. A host with one address always says 0; a fleet of clients
 *   is one host whose `local` is the number of the client.
 *
 * Not modelled: IPv6 on the wire, multicast, ICMP, TLS, DNS (addresses are given).
 */

/** A position in the arena in granules of 64 octets; `block * 64` is its first octet. 0 is never a valid block. */
export type Block = number;

/**
 * The arena: one growing stretch of memory in which every packet, kept request and stored record of a world lives.
 *
 * `buf` is *replaced* when the arena grows, and growing happens only inside `alloc`. So read `octets.buf` anew after every
 * call that may allocate. Old contents stay readable through an old reference, writes through it would be lost.
 */
export interface Octets {
  /** All octets of the world. Replaced by `alloc` when it grows. */
  readonly buf: Buffer;
  /** The same memory as 32-bit words (little-endian), for hashing. Replaced together with `buf`. */
  readonly words: Int32Array;
  /** First octet of the scratch region: one message is composed here at a time (see `models/wire/octet-writer`). */
  readonly scratchStart: number;
  /** First octet after the scratch region. */
  readonly scratchEnd: number;
  /** A new block of at least `sizeOctets` octets, one holder, contents undefined. */
  alloc(sizeOctets: number): Block;
  /** First octet of `block` in `buf`. */
  start(block: Block): number;
  /** Octets that fit in `block`: `sizeOctets` rounded up to the size class. */
  capacity(block: Block): number;
  retain(block: Block): void;
  /** Gives one hold back; the block is reused once nobody holds it. */
  release(block: Block): void;
  /** Octets in blocks that somebody holds, by capacity. */
  readonly heldOctets: number;
}

/** Names a pending timer until it fires or is cancelled; afterwards it is stale and `cancel` of it is an assertion. */
export type TimerId = number;
/** A first-in-first-out queue for one constant delay, far cheaper than the heap (D-127). */
export type Lane = number;

export interface TimerPort {
  /** The lane for this constant delay; asking twice gives the same lane. Ask once, at start. */
  lane(delayNs: number): Lane;
  /** Starts a timer of the lane's delay. It ends in `Actor.onTimer(kind, a, b)` unless cancelled. */
  start(lane: Lane, kind: number, a: number, b: number): TimerId;
  /** Starts a timer of any delay. */
  after(delayNs: number, kind: number, a: number, b: number): TimerId;
  /** The timer must be pending: neither fired nor cancelled. */
  cancel(timer: TimerId): void;
}

export interface UdpPort {
  /** Receive datagrams for `port` on every local address; they end in `Actor.onDatagram`. */
  bind(port: number): void;
  /**
   * Sends octets [0, length) of `block`. Gives away the caller's hold. [bodyStart, bodyEnd), relative to the block, is left
   * out of the fingerprint (bodies enter it once, by digest); pass equal numbers if there is none.
   */
  send(
    local: number,
    fromPort: number,
    toIp: number,
    toPort: number,
    block: Block,
    length: number,
    bodyStart: number,
    bodyEnd: number,
  ): void;
  /** Largest datagram payload that the path to `toIp` carries unfragmented, for the rule of RFC 3261 section 18.1.1. */
  pathMtu(toIp: number): number;
}

/** Why a TCP connection ended. */
export const TcpEnd = {
  /** The peer sent FIN: an orderly end of its direction, after all its data. */
  fin: 0,
  /** The peer, or its host, sent RST. */
  reset: 1,
  /** Retransmissions were given up. */
  timeout: 2,
  /** Nobody listens there. */
  refused: 3,
} as const;
export type TcpEnd = (typeof TcpEnd)[keyof typeof TcpEnd];

/** A TCP connection as one of its two ends sees it; unique within the run, never reused. */
export type Conn = number;

export interface TcpPort {
  /** Accept connections to `port` on every local address; they end in `Actor.onTcpAccepted`. */
  listen(port: number): void;
  /** Opens a connection; ends in `Actor.onTcpConnected`, or in `Actor.onTcpClosed` if it cannot be had. */
  connect(local: number, toIp: number, toPort: number): Conn;
  /**
   * Queues octets [start, end) of `block` (relative to it) and gives away one hold. `body` says that the span is message
   * body, which stays out of the fingerprint. False if the send buffer is over its high-water mark: the span was taken all
   * the same, but the caller should wait for `Actor.onTcpWritable` before it offers more.
   */
  write(conn: Conn, block: Block, start: number, end: number, body: boolean): boolean;
  /**
   * True while the send buffer is not over its high-water mark, as `write` counts it. After false `Actor.onTcpWritable` follows, unless
   * the connection is over.
   */
  writable(conn: Conn): boolean;
  /** True while the stack holds octets that were written and did not arrive: they may still leave, for the first time or again. */
  holds(conn: Conn): boolean;
  /** Sends FIN after all queued data. No more writes; data of the peer is still delivered until its FIN. */
  close(conn: Conn): void;
  /** Sends RST and forgets the connection; nothing more is reported for it. */
  abort(conn: Conn): void;
  /** Stop or go on reading: the receive window closes and the peer's sender feels it. */
  pauseReading(conn: Conn, paused: boolean): void;
}

/** How a commit ended. */
export const CommitStatus = { ok: 0, full: 1, error: 2 } as const;
export type CommitStatus = (typeof CommitStatus)[keyof typeof CommitStatus];

/**
 * Transactional storage, the durable part of a host. Writes of the open batch become durable together, and visible to `read`
 * and `scan`, when the commit completes; a crash before that loses all of them, a crash after it loses none.
 */
export interface StoragePort {
  /** Adds or replaces `key` in the open batch: octets [0, length) of `block`. Takes over the caller's hold. */
  put(key: number, block: Block, length: number): void;
  delete(key: number): void;
  /** Closes the open batch and commits it; ends in `Actor.onCommitted(token, status)`. */
  commit(token: number): void;
  /**
   * Block of a committed record, held by storage; 0 if there is none. Retain it to keep it beyond the next `read` or commit: storage may
   * then put the record elsewhere.
   */
  read(key: number): Block;
  /** Length of a committed record in octets; -1 if there is none. */
  lengthOf(key: number): number;
  /** Visits committed records in key order; for recovery. A block is held for the visit. */
  scan(visit: (key: number, block: Block, length: number) => void): void;
  readonly records: number;
  readonly usedOctets: number;
}

export interface CpuPort {
  /**
   * Asks for service: the cost of `kind` plus so much for each KiB of `octets`. Ends in `Actor.onServed(token)`, in the same
   * call if the cost is zero and nobody waits. False if the queue is full: the work was refused, and no call follows.
   */
  spend(kind: number, octets: number, token: number): boolean;
  /** Jobs that wait or are being served. */
  readonly inSystem: number;
}

/** A stream of chance with a name of its own, so that a new draw elsewhere never shifts it. */
export interface RandomStream {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform integer in [0, bound); `bound` up to 2^32. */
  below(bound: number): number;
  /** 32 random bits as a signed integer. */
  int32(): number;
}

export interface RandomPort {
  /** The stream of this purpose for this host and incarnation. Ask once, at start. */
  stream(purpose: string): RandomStream;
  /**
   * A decision that depends on its address alone: 32 bits from (seed, purpose, entity, ordinal). `purpose` is a number that
   * the model chooses; no state, so it costs nothing to hold for a million clients.
   */
  addressed(purpose: number, entity: number, ordinal: number): number;
}

/**
 * Emits an observation: what happened to which entity. The numbers mean what `models/observations.ts` says for the kind.
 * Costs a branch if nobody subscribed to the kind.
 */
export interface ObservePort {
  /** True if someone listens to `kind`: ask before computing something only an observer needs. */
  wants(kind: number): boolean;
  emit(kind: number, entity: number, message: number, a: number, b: number): void;
  /** As `emit`, with octets [start, end) of `buf`, valid only during the call. */
  emitOctets(
    kind: number,
    entity: number,
    message: number,
    a: number,
    buf: Buffer,
    start: number,
    end: number,
  ): void;
}

/**
 * The kinds that the network itself observes (the tap). Models add theirs in `models/observations.ts`, which repeats none of
 * these numbers; see there for what the positions mean.
 */
export const Tap = {
  /** A datagram left a host. entity: host, message: local, a: destination IP; octets: its payload. */
  datagramSent: 50,
  /** A datagram reached a host. entity: host, message: local, a: source IP; octets: its payload. */
  datagramDelivered: 51,
  /** A datagram was lost on the way. entity: host of the sender, message: local, a: destination IP; octets: its payload. */
  datagramLost: 52,
  /** Octets left a TCP socket. entity: host, message: conn, a: local; octets: they. */
  streamSent: 53,
  /** Octets were delivered from a TCP stream. entity: host, message: conn, a: local; octets: they. */
  streamDelivered: 54,
  /** A TCP direction ended at this host. entity: host, message: conn, a: {@link TcpEnd}, b: local. */
  streamEnded: 55,
  /**
   * A datagram as a packet on the wire, for captures. entity: address that it comes from, message: {@link PacketFate}, a:
   * address that it goes to; octets: its payload. An *address* is IPv4 address * 65,536 + port.
   */
  datagramPacket: 56,
  /** An end of a TCP connection came to be. entity: its address, message: conn, a: address of its peer, b: host. */
  connection: 57,
  /**
   * A TCP segment as a packet, for captures. entity: conn of the end that sent it, message: {@link SegmentBits}; a: host;
   * octets: its data or a part of it.
   */
  segmentPacket: 58,
  /** What this end had in flight is lost and will be sent again. entity: conn, message: octets of it, a: 1 if FIN too. */
  segmentsLost: 59,
} as const;

/** What became of a packet, as far as it is known when it is observed. */
export const PacketFate = {
  /** It left. It may still be lost at the receiver's link; then it is observed again, as lost. */
  sent: 0,
  lost: 1,
  /** The network made a second one of it, which left. */
  duplicate: 2,
} as const;
export type PacketFate = (typeof PacketFate)[keyof typeof PacketFate];

/** Bits of a TCP segment: the flags of RFC 9293 section 3.1 at their places, and what a capture must know besides. */
export const SegmentBits = {
  fin: 0x01,
  syn: 0x02,
  rst: 0x04,
  ack: 0x10,
  /** It never arrives. */
  lost: 0x100,
  /** Octets of the same segment follow in the next observation. */
  more: 0x200,
  /** Not this end sent it but the stack at the other side, which knows no such connection. */
  reverse: 0x400,
} as const;

export interface Ports {
  /** The number of this host in the world's topology. */
  readonly hostId: number;
  /** Counts restarts of this host, from 0. */
  readonly incarnation: number;
  /** IPv4 address of `local`, as an unsigned integer below 2^31. */
  ipOf(local: number): number;
  /** Virtual time since the start of the run. */
  now(): number;
  /** The host's own idea of the time: integer milliseconds since 1970, skewed by its offset and drift. */
  wallClock(): number;
  readonly octets: Octets;
  readonly timer: TimerPort;
  readonly udp: UdpPort;
  readonly tcp: TcpPort;
  readonly storage: StoragePort;
  readonly cpu: CpuPort;
  readonly random: RandomPort;
  readonly observe: ObservePort;
}

/**
 * A model: volatile state behind these methods. A crash drops the object; a restart calls its factory again with the same
 * storage and the next incarnation. Every method returns only when all consequences at this instant have been handed out.
 */
export interface Actor {
  /** Called once, after the factory, when the host is up. Recovery from storage happens here. */
  start(): void;
  /** Octets [start, end) of `buf` arrived in a datagram; `block` holds them and stays held by the network (retain to keep). */
  onDatagram(
    local: number,
    fromIp: number,
    fromPort: number,
    toPort: number,
    block: Block,
    buf: Buffer,
    start: number,
    end: number,
  ): void;
  onTimer(kind: number, a: number, b: number): void;
  onTcpAccepted(conn: Conn, local: number, port: number, fromIp: number, fromPort: number): void;
  onTcpConnected(conn: Conn): void;
  /** The next octets of the stream: [start, end) of `buf`, valid during the call; cut anywhere. */
  onTcpData(conn: Conn, buf: Buffer, start: number, end: number): void;
  onTcpWritable(conn: Conn): void;
  /** The peer's direction ended; after anything but `TcpEnd.fin` the whole connection is gone. */
  onTcpClosed(conn: Conn, end: TcpEnd): void;
  /** The access link of `local` came up or went down, as a device sees its own radio. */
  onLink(local: number, up: boolean): void;
  /**
   * The process behind `local` ended, and what it held in memory is gone. Only on hosts of several addresses, each of which stands
   * for a machine of its own. Its link is down from now on; `onLink` tells when it runs again. Its connections are reported as closed
   * next.
   */
  onCrash?(local: number): void;
  onCommitted(token: number, status: CommitStatus): void;
  /**
   * The batch of `token` became durable while the actor stood still, and a crash came before it went on: `onCommitted` will never say
   * so. Called as the last thing, on what is left of the actor, storage being as the next incarnation finds it. For observing only,
   * since whoever watches has to know what became durable; nothing else that is done here may matter.
   */
  onUntold?(token: number): void;
  onServed(token: number): void;
}

export type ActorFactory<Config> = (ports: Ports, config: Config) => Actor;
