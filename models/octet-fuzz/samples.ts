/** Samples from text: one character is one octet, and every `\n` stands for CRLF. */
export function samplesOf(...texts: readonly string[]): readonly Buffer[] {
  return texts.map((text) => Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1'));
}
