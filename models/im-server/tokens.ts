/**
 * Tokens of the IM Server's client transactions: what a response or its absence belongs to. A push is named by its number, which is
 * never negative, and a BYE of a Large Message session by the number of that.
 */

/** A request whose answer nobody waits for. */
export const NOBODY = -1;
const FIRST_BYE = -2;

/** Token of the BYE of Large Message session `session`. */
export function tokenOfBye(session: number): number {
  return FIRST_BYE - session;
}

/** The Large Message session whose BYE has this token; -1 if it is that of none. */
export function sessionOfBye(token: number): number {
  return token <= FIRST_BYE ? FIRST_BYE - token : -1;
}
