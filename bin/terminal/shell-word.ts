/** A word of a command that is shown, in the quotes of POSIX shells if it needs some, so that it can be copied as it stands. */

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** `text` as one word. */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
