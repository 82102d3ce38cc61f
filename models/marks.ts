/**
 * The marks that a workload plants in octets so that an outsider can follow them without parsing: one for the body of a
 * message (it must arrive), two *canaries* for values that must not.
 *
 * Each mark is a rare prefix of eight octets, found by `indexOf` at memory speed, and then a number in lower-case base 36,
 * padded to eight digits. All characters are valid in a token, a host label and a user part, so a canary can be planted in
 * any value. Whoever judges reads marks; whoever is judged never looks for them.
 */

/** Starts the mark of a body; the number is the message number of the workload. Must arrive exactly once. */
export const BODY_MARK = 'q7BoDyMk';

/**
 * Starts a canary in a value that no octet stream to a client may ever hold: charging (icid), P-Access-Network-Info, the
 * identity that an anonymous sender hides.
 */
export const NEVER_CANARY = 'q7NeVeRx';

/**
 * Starts a canary in a value that belongs to one hop: Via branch and host, Call-ID-independent tags of routing, session ids
 * of the store leg. SIP towards a client may hold it (her own Via), the content of a deferred message may not.
 */
export const HOP_CANARY = 'q7H0pXyZ';

/** Octets of a whole mark: prefix and number. */
export const MARK_OCTETS = 16;

const NUMBER_OCTETS = 8;
const BASE = 36;

/** The mark of `number` as text. */
export function mark(prefix: string, number: number): string {
  return prefix + number.toString(BASE).padStart(NUMBER_OCTETS, '0');
}

/** The same as octets, from `at` on in `target`. */
export function putMark(target: Uint8Array, at: number, prefix: string, number: number): void {
  for (let i = 0; i < prefix.length; i++) target[at + i] = prefix.charCodeAt(i);
  const from = at + prefix.length;
  let rest = number;
  for (let i = from + NUMBER_OCTETS - 1; i >= from; i--) {
    const quotient = Math.floor(rest / BASE);
    const digit = rest - quotient * BASE;
    target[i] = digit < 10 ? 48 + digit : 87 + digit;
    rest = quotient;
  }
}
