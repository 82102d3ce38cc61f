/**
 * Tokens of the IM Server's client transactions: what a response or its absence belongs to. A push is named by its number, which is
 * never negative, a BYE of a Large Message session by the number of that, and what the server tells a user by that user.
 */

/** A request whose answer nobody waits for. */
export const NOBODY = -1;
const FIRST_BYE = -2;
/** The lowest numbers there are: users are fewer than the addresses of the clients. */
const FIRST_NOTICE = -0x80000000;
const NOTICES_END = FIRST_NOTICE + (1 << 24);

/** Token of the BYE of Large Message session `session`. */
export function tokenOfBye(session: number): number {
  return FIRST_BYE - session;
}

/** The Large Message session whose BYE has this token; -1 if it is that of none. */
export function sessionOfBye(token: number): number {
  return token <= FIRST_BYE && token >= NOTICES_END ? FIRST_BYE - token : -1;
}

/** Token of a MESSAGE that tells `user` something. */
export function tokenOfNotice(user: number): number {
  return FIRST_NOTICE + user;
}

/** The user whom the MESSAGE with this token tells something; -1 if it is the token of something else. */
export function userOfNotice(token: number): number {
  return token < NOTICES_END ? token - FIRST_NOTICE : -1;
}
