/**
 * SIP methods: the fourteen of the IANA registry, by number. Method names are case-sensitive (RFC 3261 section 7.1), so
 * `invite` is an unknown extension method, not INVITE.
 */

/** Numbers of the methods; `unknown` is an extension method, whose name stands in the octets of the message. */
export const Method = {
  unknown: 0,
  ack: 1,
  bye: 2,
  cancel: 3,
  info: 4,
  invite: 5,
  message: 6,
  notify: 7,
  options: 8,
  prack: 9,
  publish: 10,
  refer: 11,
  register: 12,
  subscribe: 13,
  update: 14,
} as const;
export type Method = (typeof Method)[keyof typeof Method];

/** Name by number; empty for `Method.unknown`. */
export const METHOD_NAMES: readonly string[] = [
  '',
  'ACK',
  'BYE',
  'CANCEL',
  'INFO',
  'INVITE',
  'MESSAGE',
  'NOTIFY',
  'OPTIONS',
  'PRACK',
  'PUBLISH',
  'REFER',
  'REGISTER',
  'SUBSCRIBE',
  'UPDATE',
];

/** By length and first letter there is at most one candidate: `length * 32 + (first letter & 31)`. */
const CANDIDATES = new Uint8Array(16 * 32);
const NAME_OCTETS: readonly Uint8Array[] = METHOD_NAMES.map((name) => Buffer.from(name, 'latin1'));
for (let method = 1; method < METHOD_NAMES.length; method++) {
  const name = METHOD_NAMES[method];
  CANDIDATES[name.length * 32 + (name.charCodeAt(0) & 31)] = method;
}

/** The method that octets [start, end) name, or `Method.unknown`. */
export function methodOf(buf: Uint8Array, start: number, end: number): Method {
  const length = end - start;
  if (length < 3 || length > 15) return Method.unknown;
  const candidate = CANDIDATES[length * 32 + (buf[start] & 31)];
  const name = NAME_OCTETS[candidate];
  if (name.length !== length) return Method.unknown;
  for (let i = 0; i < length; i++) if (buf[start + i] !== name[i]) return Method.unknown;
  return candidate as Method;
}
