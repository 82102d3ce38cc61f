/**
 * References in XML 1.0 (section 4.1): the five predefined entities and characters by number.
 *
 * Not modelled: other entities, which need a document type declaration.
 */

/** The character that the reference between `&` and `;`, octets [start, end), stands for; -1 if there is none. */
export function referenceValue(buf: Buffer, start: number, end: number): number {
  switch (buf.latin1Slice(start, end)) {
    case 'amp':
      return 38;
    case 'lt':
      return 60;
    case 'gt':
      return 62;
    case 'quot':
      return 0x22;
    case 'apos':
      return 0x27;
    default:
      return characterReference(buf, start, end);
  }
}

function characterReference(buf: Buffer, start: number, end: number): number {
  const match = /^#(?:([0-9]{1,7})|x([0-9A-Fa-f]{1,6}))$/.exec(buf.latin1Slice(start, end));
  if (match === null) return -1;
  const code = match[1] !== undefined ? Number(match[1]) : Number.parseInt(match[2], 16);
  if (code < 32 && code !== 9 && code !== 10 && code !== 13) return -1;
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000) || (code & 0xfffe) === 0xfffe) return -1;
  return code;
}
