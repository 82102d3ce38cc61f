/**
 * The strict grammar for what we emit (RFC 4975 section 9): idents. What arrives is read more liberally (rules 3.1).
 */

const IDENT = /^[A-Za-z0-9][A-Za-z0-9.\-+%=]{3,31}$/;

/** True if `text` is an ident: a letter or digit, then 3 to 31 of letters, digits and `. - + % =`. */
export function isIdent(text: string): boolean {
  return IDENT.test(text);
}
