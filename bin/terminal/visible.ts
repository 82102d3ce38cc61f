/**
 * What a terminal is shown. Seeds, names and paths are any text, and a control character in them would be carried out by the terminal
 * instead of being read.
 */

/** Before a line that is drawn again. */
export const CLEAR_LINE = '\r\u001b[2K';

/** Control characters but line end and tab, other line ends, and marks that turn the direction of what follows. */
const UNFIT = /[^\P{Cc}\n\t]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** `text` with what a terminal would carry out written out; {@link CLEAR_LINE} at its head is ours. */
export function visible(text: string): string {
  const head = text.startsWith(CLEAR_LINE) ? CLEAR_LINE : '';
  return (
    head +
    text
      .slice(head.length)
      .replace(UNFIT, (unfit) => `\\u${unfit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  );
}
