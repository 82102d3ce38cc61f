/**
 * The ladder's own reading of wire text: just enough of SIP (RFC 3261) and MSRP (RFC 4975) to name an arrow, find what belongs together,
 * and list header fields. It judges nothing, and takes what it cannot read for nothing.
 */

/** Long names of the compact forms (RFC 3261 section 7.3.3 and the extensions in use). */
const LONG_NAMES: ReadonlyMap<string, string> = new Map([
  ['i', 'call-id'],
  ['m', 'contact'],
  ['e', 'content-encoding'],
  ['l', 'content-length'],
  ['c', 'content-type'],
  ['f', 'from'],
  ['s', 'subject'],
  ['k', 'supported'],
  ['t', 'to'],
  ['v', 'via'],
]);

/** What a SIP message says of itself. */
export interface SipGlance {
  /** `MESSAGE`, or `202 Accepted`. */
  readonly label: string;
  readonly request: boolean;
  readonly callId: string;
  readonly to: string;
  /** Names of header fields as written, by their long lower-case form, in order. */
  readonly names: ReadonlyMap<string, string>;
}

/** Reads a SIP message; undefined if it is none. */
export function glanceAtSip(text: string): SipGlance | undefined {
  const head = text.slice(0, Math.max(text.indexOf('\r\n\r\n'), 0)).split('\r\n');
  const start = head[0] ?? '';
  const response = /^SIP\/2\.0 (\d{3}.*)$/.exec(start);
  const request = /^([A-Z]+) \S+ SIP\/2\.0$/.exec(start);
  if (response === null && request === null) return undefined;
  const { names, values } = fieldsOf(head.slice(1));
  const method = (values.get('cseq') ?? '').split(' ')[1] ?? '';
  return {
    label: request?.[1] ?? `${response?.[1] ?? ''} (${method})`,
    request: request !== null,
    callId: values.get('call-id') ?? '',
    to: values.get('to') ?? '',
    names,
  };
}

/** Header fields that stand anywhere in `text`, also within a body, by their long lower-case names. */
export function namesIn(text: string): ReadonlyMap<string, string> {
  return fieldsOf(text.split('\r\n')).names;
}

function fieldsOf(lines: readonly string[]): {
  readonly names: ReadonlyMap<string, string>;
  readonly values: ReadonlyMap<string, string>;
} {
  const names = new Map<string, string>();
  const values = new Map<string, string>();
  for (const line of lines) {
    const field = /^([A-Za-z][A-Za-z0-9-]*)[ \t]*:[ \t]*(.*)$/.exec(line);
    if (field === null) continue;
    const written = field[1] ?? '';
    const name = LONG_NAMES.get(written.toLowerCase()) ?? written.toLowerCase();
    if (!names.has(name)) {
      names.set(name, written);
      values.set(name, field[2] ?? '');
    }
  }
  return { names, values };
}

/** One MSRP frame. */
export interface MsrpGlance {
  readonly label: string;
  readonly transaction: string;
  readonly messageId: string;
  readonly text: string;
}

/** Takes whole MSRP frames from the front of `text`; gives them and what is left. */
export function takeMsrp(text: string): { readonly frames: readonly MsrpGlance[]; readonly rest: string } {
  const frames: MsrpGlance[] = [];
  let at = 0;
  for (;;) {
    const start = /^MSRP (\S+) (\S+)[^\r]*\r\n/.exec(text.slice(at, at + 200));
    if (start === null) break;
    const transaction = start[1] ?? '';
    const end = text.indexOf(`\r\n-------${transaction}`, at);
    if (end < 0) break;
    const after = end + 9 + transaction.length;
    if (text.length < after + 3) break;
    const frame = text.slice(at, after + 3);
    const range = /\r\nByte-Range: (\S+)\r\n/.exec(frame)?.[1];
    const what = start[2] ?? '';
    frames.push({
      label: /^\d/.test(what) ? `MSRP ${what}` : `${what} ${range ?? ''} ${text[after] ?? ''}`,
      transaction,
      messageId: /\r\nMessage-ID: (\S+)\r\n/.exec(frame)?.[1] ?? '',
      text: frame,
    });
    at = after + 3;
  }
  return { frames, rest: text.slice(at) };
}
