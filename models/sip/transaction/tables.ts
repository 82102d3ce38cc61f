/**
 * The four transaction machines of RFC 3261 section 17 as data, with the Accepted states of RFC 6026 and the rules of RFC 4320.
 * Interpreter (`transactions.ts`) and diagrams (`scripts/diagrams.mjs`) read the same rows, so they cannot differ.
 *
 * A row says: in `state`, on `event`, do `actions` in this order and go to `next`. The order of actions is a contract: what is
 * sent leaves before the timer that repeats it starts, timers move before the transaction user hears of it, and what the user
 * hears is last. A timer that the leg does not have (A, E and G over TCP) is not started; one of zero length (D, I, J and K over
 * TCP) fires at once. A pair of state and event without a row cannot happen.
 *
 * Not here: the repeating of a 2xx by the UAS, which is the transaction user's part (the interpreter does it when asked:
 * `Transactions.repeatUntilAck`), and CANCEL, which is a transaction of its own (`endpoint.ts`).
 */

export const Machine = { inviteClient: 0, client: 1, inviteServer: 2, server: 3 } as const;
export type Machine = (typeof Machine)[keyof typeof Machine];
export const MACHINE_NAMES = [
  'invite-client',
  'non-invite-client',
  'invite-server',
  'non-invite-server',
] as const;

export const State = {
  /** Not yet started: left by `start` only. */
  none: 0,
  calling: 1,
  trying: 2,
  proceeding: 3,
  completed: 4,
  confirmed: 5,
  accepted: 6,
  terminated: 7,
} as const;
export type State = (typeof State)[keyof typeof State];
export const STATE_NAMES = [
  'None',
  'Calling',
  'Trying',
  'Proceeding',
  'Completed',
  'Confirmed',
  'Accepted',
  'Terminated',
] as const;

/** Inputs: what arrived, what the transaction user did, and the timers by their letter. */
export const Event = {
  /** Client: the user's request. Server: the request that opened the transaction. */
  start: 0,
  /** Server: the same request again. */
  again: 1,
  /** INVITE server: an ACK that matched by branch. */
  ack: 2,
  /** Client: responses from the network, by class. */
  got1xx: 3,
  got2xx: 4,
  got3to6: 5,
  /** Server: responses from the user, by class. */
  put1xx: 6,
  put2xx: 7,
  put3to6: 8,
  /** Server: the user gives up a non-INVITE request with 408, which is never sent (RFC 4320 section 4.2). */
  put408: 9,
  transportError: 10,
  /** Client: the user does not want the answer. */
  abandon: 11,
  timerA: 12,
  timerB: 13,
  timerD: 14,
  timerE: 15,
  timerF: 16,
  timerG: 17,
  timerH: 18,
  timerI: 19,
  timerJ: 20,
  timerK: 21,
  timerL: 22,
  timerM: 23,
  /** Server: the user was silent for so long that a 100 is due. */
  timer100: 24,
  /** INVITE client: 64 T1 after CANCEL left (RFC 3261 section 9.1). */
  timerCancel: 25,
} as const;
export type Event = (typeof Event)[keyof typeof Event];
export const EVENTS = 26;
export const EVENT_NAMES = [
  'request',
  'request again',
  'ACK',
  '1xx received',
  '2xx received',
  '3xx-6xx received',
  '1xx from TU',
  '2xx from TU',
  '3xx-6xx from TU',
  '408 from TU',
  'transport error',
  'abandoned by TU',
  'Timer A',
  'Timer B',
  'Timer D',
  'Timer E',
  'Timer F',
  'Timer G',
  'Timer H',
  'Timer I',
  'Timer J',
  'Timer K',
  'Timer L',
  'Timer M',
  '100 due',
  '64 T1 after CANCEL',
] as const;

export const Action = {
  none: 0,
  /** Sends the kept request (client) or the last response (server). */
  send: 1,
  /** Sends the kept request or response once more, and counts it as a retransmission. */
  repeat: 2,
  /** Builds the ACK of a 3xx-6xx from the kept request and this response, keeps and sends it. */
  sendAck: 3,
  /** Builds and sends a 100 for the kept request. */
  send100: 4,
  /** Starts the repeat timer: A, E or G at T1, the 100 at its delay. */
  startRepeat: 5,
  /** Starts the repeat timer again at the next interval: A doubles, E and G double up to T2. */
  backOff: 6,
  /** Starts the repeat timer again at T2. */
  repeatAtT2: 7,
  stopRepeat: 8,
  /** Replaces the life timer: the transaction leaves its state when it fires. */
  lifeB: 9,
  lifeD: 10,
  lifeF: 11,
  lifeH: 12,
  lifeI: 13,
  lifeJ: 14,
  lifeK: 15,
  lifeL: 16,
  lifeM: 17,
  stopLife: 18,
  /** Gives request, ACK or response to the transaction user. */
  deliver: 19,
  /** Tells the user: timeout, transport failure. */
  timeout: 20,
  failed: 21,
  /** Tells the user, if it still repeats a 2xx, that no ACK came. */
  noAck: 22,
} as const;
export type Action = (typeof Action)[keyof typeof Action];
export const ACTION_NAMES = [
  '',
  'send',
  'send again',
  'send ACK',
  'send 100',
  'start repeat timer',
  'repeat timer doubles',
  'repeat timer at T2',
  'stop repeat timer',
  'start B',
  'start D',
  'start F',
  'start H',
  'start I',
  'start J',
  'start K',
  'start L',
  'start M',
  'stop life timer',
  'to TU',
  'timeout to TU',
  'failure to TU',
  'no ACK to TU',
] as const;

export interface Row {
  readonly state: State;
  readonly event: Event;
  readonly actions: readonly Action[];
  readonly next: State;
  /** Where the standard says it. */
  readonly clause: string;
}

function row(state: State, event: Event, actions: readonly Action[], next: State, clause: string): Row {
  return { state, event, actions, next, clause };
}

const S = State;
const E = Event;
const A = Action;
const CLIENT_INVITE = 'RFC 3261 17.1.1.2';
const CLIENT = 'RFC 3261 17.1.2.2';
const SERVER_INVITE = 'RFC 3261 17.2.1';
const SERVER = 'RFC 3261 17.2.2';
const ACCEPTED = 'RFC 6026 7';

const INVITE_CLIENT_ROWS: readonly Row[] = [
  row(S.none, E.start, [A.send, A.startRepeat, A.lifeB], S.calling, CLIENT_INVITE),
  row(S.calling, E.timerA, [A.repeat, A.backOff], S.calling, CLIENT_INVITE),
  row(S.calling, E.timerB, [A.stopRepeat, A.timeout], S.terminated, CLIENT_INVITE),
  row(S.calling, E.transportError, [A.stopRepeat, A.stopLife, A.failed], S.terminated, 'RFC 3261 17.1.4'),
  row(S.calling, E.abandon, [A.stopRepeat, A.stopLife], S.terminated, 'restante'),
  row(S.calling, E.got1xx, [A.stopRepeat, A.stopLife, A.deliver], S.proceeding, CLIENT_INVITE),
  row(S.calling, E.got2xx, [A.stopRepeat, A.lifeM, A.deliver], S.accepted, `${ACCEPTED}.2`),
  row(S.calling, E.got3to6, [A.stopRepeat, A.sendAck, A.lifeD, A.deliver], S.completed, CLIENT_INVITE),
  row(S.proceeding, E.got1xx, [A.deliver], S.proceeding, CLIENT_INVITE),
  row(S.proceeding, E.got2xx, [A.lifeM, A.deliver], S.accepted, `${ACCEPTED}.2`),
  row(S.proceeding, E.got3to6, [A.sendAck, A.lifeD, A.deliver], S.completed, CLIENT_INVITE),
  row(S.proceeding, E.transportError, [A.stopLife, A.failed], S.terminated, 'RFC 3261 17.1.4'),
  row(S.proceeding, E.abandon, [A.stopLife], S.terminated, 'restante'),
  row(S.proceeding, E.timerCancel, [A.timeout], S.terminated, 'RFC 3261 9.1'),
  row(S.completed, E.got3to6, [A.repeat], S.completed, CLIENT_INVITE),
  row(S.completed, E.got1xx, [], S.completed, CLIENT_INVITE),
  row(S.completed, E.got2xx, [], S.completed, `${ACCEPTED}.2`),
  row(S.completed, E.transportError, [], S.completed, 'RFC 6026 8.4: the user knows the answer'),
  row(S.completed, E.abandon, [], S.completed, 'restante'),
  row(S.completed, E.timerD, [], S.terminated, CLIENT_INVITE),
  row(S.accepted, E.got2xx, [A.deliver], S.accepted, `${ACCEPTED}.2`),
  row(S.accepted, E.got1xx, [], S.accepted, `${ACCEPTED}.2`),
  row(S.accepted, E.got3to6, [], S.accepted, `${ACCEPTED}.2`),
  row(S.accepted, E.transportError, [], S.accepted, `${ACCEPTED}.2`),
  row(S.accepted, E.abandon, [], S.accepted, 'restante'),
  row(S.accepted, E.timerM, [], S.terminated, `${ACCEPTED}.2`),
];

const CLIENT_ROWS: readonly Row[] = [
  row(S.none, E.start, [A.send, A.startRepeat, A.lifeF], S.trying, CLIENT),
  row(S.trying, E.timerE, [A.repeat, A.backOff], S.trying, CLIENT),
  row(S.trying, E.timerF, [A.stopRepeat, A.timeout], S.terminated, CLIENT),
  row(S.trying, E.transportError, [A.stopRepeat, A.stopLife, A.failed], S.terminated, 'RFC 3261 17.1.4'),
  row(S.trying, E.abandon, [A.stopRepeat, A.stopLife], S.terminated, 'restante'),
  row(S.trying, E.got1xx, [A.deliver], S.proceeding, CLIENT),
  row(S.trying, E.got2xx, [A.stopRepeat, A.lifeK, A.deliver], S.completed, CLIENT),
  row(S.trying, E.got3to6, [A.stopRepeat, A.lifeK, A.deliver], S.completed, CLIENT),
  row(S.proceeding, E.timerE, [A.repeat, A.repeatAtT2], S.proceeding, CLIENT),
  row(S.proceeding, E.timerF, [A.stopRepeat, A.timeout], S.terminated, CLIENT),
  row(S.proceeding, E.transportError, [A.stopRepeat, A.stopLife, A.failed], S.terminated, 'RFC 3261 17.1.4'),
  row(S.proceeding, E.abandon, [A.stopRepeat, A.stopLife], S.terminated, 'restante'),
  row(S.proceeding, E.got1xx, [A.deliver], S.proceeding, CLIENT),
  row(S.proceeding, E.got2xx, [A.stopRepeat, A.lifeK, A.deliver], S.completed, CLIENT),
  row(S.proceeding, E.got3to6, [A.stopRepeat, A.lifeK, A.deliver], S.completed, CLIENT),
  row(S.completed, E.got1xx, [], S.completed, CLIENT),
  row(S.completed, E.got2xx, [], S.completed, CLIENT),
  row(S.completed, E.got3to6, [], S.completed, CLIENT),
  row(S.completed, E.transportError, [], S.completed, CLIENT),
  row(S.completed, E.abandon, [], S.completed, 'restante'),
  row(S.completed, E.timerK, [], S.terminated, CLIENT),
];

const INVITE_SERVER_ROWS: readonly Row[] = [
  row(S.none, E.start, [A.startRepeat, A.deliver], S.proceeding, SERVER_INVITE),
  row(S.proceeding, E.timer100, [A.send100], S.proceeding, SERVER_INVITE),
  row(S.proceeding, E.again, [A.repeat], S.proceeding, SERVER_INVITE),
  row(S.proceeding, E.ack, [], S.proceeding, SERVER_INVITE),
  row(S.proceeding, E.put1xx, [A.stopRepeat, A.send], S.proceeding, SERVER_INVITE),
  row(S.proceeding, E.put2xx, [A.stopRepeat, A.send, A.lifeL], S.accepted, `${ACCEPTED}.1`),
  row(S.proceeding, E.put3to6, [A.stopRepeat, A.send, A.startRepeat, A.lifeH], S.completed, SERVER_INVITE),
  row(S.proceeding, E.transportError, [A.failed], S.proceeding, `${ACCEPTED}.1`),
  row(S.completed, E.again, [A.repeat], S.completed, SERVER_INVITE),
  row(S.completed, E.timerG, [A.repeat, A.backOff], S.completed, SERVER_INVITE),
  row(S.completed, E.timerH, [A.stopRepeat], S.terminated, SERVER_INVITE),
  row(S.completed, E.ack, [A.stopRepeat, A.lifeI], S.confirmed, SERVER_INVITE),
  row(S.completed, E.transportError, [A.failed], S.completed, `${ACCEPTED}.1`),
  row(S.confirmed, E.ack, [], S.confirmed, SERVER_INVITE),
  row(S.confirmed, E.again, [], S.confirmed, SERVER_INVITE),
  row(S.confirmed, E.transportError, [], S.confirmed, `${ACCEPTED}.1`),
  row(S.confirmed, E.timerI, [], S.terminated, SERVER_INVITE),
  row(S.accepted, E.again, [], S.accepted, `${ACCEPTED}.1`),
  row(S.accepted, E.ack, [A.deliver], S.accepted, `${ACCEPTED}.1`),
  row(S.accepted, E.put2xx, [A.send], S.accepted, `${ACCEPTED}.1`),
  row(S.accepted, E.transportError, [A.failed], S.accepted, `${ACCEPTED}.1`),
  row(S.accepted, E.timerL, [A.noAck], S.terminated, `${ACCEPTED}.1`),
];

const SERVER_ROWS: readonly Row[] = [
  row(S.none, E.start, [A.startRepeat, A.deliver], S.trying, SERVER),
  row(S.trying, E.again, [], S.trying, SERVER),
  row(S.trying, E.timer100, [A.send100], S.proceeding, 'RFC 4320 4.1'),
  row(S.trying, E.put1xx, [A.stopRepeat, A.send], S.proceeding, SERVER),
  row(S.trying, E.put2xx, [A.stopRepeat, A.send, A.lifeJ], S.completed, SERVER),
  row(S.trying, E.put3to6, [A.stopRepeat, A.send, A.lifeJ], S.completed, SERVER),
  row(S.trying, E.put408, [A.stopRepeat, A.lifeJ], S.completed, 'RFC 4320 4.2'),
  row(S.trying, E.transportError, [A.failed], S.trying, 'RFC 6026 8.8'),
  row(S.proceeding, E.again, [A.repeat], S.proceeding, SERVER),
  row(S.proceeding, E.put1xx, [A.send], S.proceeding, SERVER),
  row(S.proceeding, E.put2xx, [A.send, A.lifeJ], S.completed, SERVER),
  row(S.proceeding, E.put3to6, [A.send, A.lifeJ], S.completed, SERVER),
  row(S.proceeding, E.put408, [A.lifeJ], S.completed, 'RFC 4320 4.2'),
  row(S.proceeding, E.transportError, [A.failed], S.proceeding, 'RFC 6026 8.8'),
  row(S.completed, E.again, [A.repeat], S.completed, SERVER),
  row(S.completed, E.transportError, [A.failed], S.completed, 'RFC 6026 8.8'),
  row(S.completed, E.timerJ, [], S.terminated, SERVER),
];

/** The rows of each machine, by {@link Machine}. */
export const TABLES: readonly (readonly Row[])[] = [
  INVITE_CLIENT_ROWS,
  CLIENT_ROWS,
  INVITE_SERVER_ROWS,
  SERVER_ROWS,
];
