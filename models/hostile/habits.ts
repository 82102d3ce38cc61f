/**
 * What hostile clients do: each habit changes what a client sends, or how she reads, and leaves the rest to the honest model. What
 * she writes is told apart by its first octets: a frame's head, its end-line, or a whole small frame.
 *
 * Not modelled: floods (a rate does that), attacks on TCP itself, forged source addresses.
 */

/** State of one hostile client, as habits need it. */
export interface HostileState {
  /** Datagrams and stream writes so far. */
  datagrams: number;
  writes: number;
  /** She is gone for good: nothing leaves her, nothing reaches her. */
  dead: boolean;
}

export interface Habit {
  /** Gives the datagram that leaves in the place of `text`. */
  readonly datagram?: (text: string, state: HostileState) => string;
  /** Gives the octets of an MSRP stream that leave in the place of `text`; the content of messages is not shown. */
  readonly stream?: (text: string, state: HostileState) => string;
  /** After so long she reads on what she left unread. */
  readonly readsAfterNs?: number;
}

/** One in so many of her messages is malformed: enough to hurt, few enough that she gets through at all. */
const ONE_IN = 4;
/** A SEND with its head, or its end-line alone. */
const SEND = /^MSRP \S+ SEND\r\n/;
const END_LINE = /^(?:\r\n)?-------\S+\$\r\n$/;
const DONE = /-------(\S+)\$\r\n$/;
const SLOW_NS = 15e9;

export const HABITS = {
  /** A header line without its colon, in requests and frames. */
  malformed: {
    datagram: (text, state) =>
      text.startsWith('SIP/2.0') || state.datagrams % ONE_IN !== 0 ? text : text.replace('CSeq:', 'CSeq'),
    stream: (text, state) => (state.writes % ONE_IN !== 0 ? text : text.replace('To-Path:', 'To-Path')),
  },
  /** Chunks that begin inside the one before, with other octets (R11). */
  'overlapping-ranges': {
    stream: (text) =>
      text.replace(/Byte-Range: (\d+)-/, (line, start: string) =>
        Number(start) > 1024 ? `Byte-Range: ${Number(start) - 1024}-` : line,
      ),
  },
  /** The last chunk says that more is to come. */
  endless: {
    stream: (text) => (SEND.test(text) || END_LINE.test(text) ? text.replace(DONE, '-------$1+\r\n') : text),
  },
  /** All her messages have one Message-ID in MSRP; what content calls by that name, as `imdn.Message-ID`, stays. */
  'duplicate-message-ids': {
    stream: (text) => text.replace(/^Message-ID: \S+/m, 'Message-ID: hostile1'),
  },
  /** She answers 200 to the first message that is pushed to her, and is never heard of again. */
  'dies-after-200': {
    stream(text, state) {
      if (/^MSRP \S+ 200/.test(text)) state.dead = true;
      return text;
    },
  },
  /** She reads what is sent to her by and by. */
  'slow-reader': { readsAfterNs: SLOW_NS },
  /** Her frames are for a session that nobody has. */
  'wrong-to-path': {
    stream: (text) => text.replace(/To-Path: (msrps?:\/\/[^/\s]+)\/[^;\s]+/, 'To-Path: $1/nobodys'),
  },
} as const satisfies Record<string, Habit>;
export type HabitName = keyof typeof HABITS;

export const HABIT_NAMES = Object.keys(HABITS) as HabitName[];
