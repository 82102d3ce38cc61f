/**
 * The strict grammar for what we emit (RFC 4975 section 9): idents. What arrives is read more liberally (rules 3.1).
 */

/** What an ident may have besides letters and digits, from its second character on. */
const MARKS = '.-+%=';
const LEAST = 4;
const MOST = 32;

/** True if `text` is an ident: a letter or digit, then 3 to 31 of letters, digits and `. - + % =`. */
export function isIdent(text: string): boolean {
  if (text.length < LEAST || text.length > MOST || !isAlphanumeric(text.charCodeAt(0))) return false;
  for (let i = 1; i < text.length; i++) {
    if (!isAlphanumeric(text.charCodeAt(i)) && !MARKS.includes(text[i])) return false;
  }
  return true;
}

function isAlphanumeric(code: number): boolean {
  const letter = code | 32;
  return (code >= 48 && code <= 57) || (letter >= 97 && letter <= 122);
}
