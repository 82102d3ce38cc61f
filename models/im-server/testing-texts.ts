/** For tests only: SIP requests of the Core to the IM Server as text, and what tests read in its answers. */

/** Lines, each with its CRLF but the last. */
export function lines(...parts: readonly string[]): string {
  return parts.join('\r\n');
}

/** Status of a response; 0 for anything else. */
export function statusOf(text: string): number {
  return Number(/^SIP\/2\.0 (\d{3})/.exec(text)?.[1] ?? 0);
}

/** The third-party REGISTER of the Core; `contact` is what the user's own REGISTER said. `cseq` is in whatever must differ. */
export function registerText(user: number, cseq: number, expiresS: number, contact: string): string {
  const inner =
    expiresS === 0
      ? ''
      : lines(
          'REGISTER sip:ims.example SIP/2.0',
          `Via: SIP/2.0/UDP 10.16.0.${user}:5060;branch=z9hG4bKr${cseq}`,
          `From: <sip:u${user}@ims.example>;tag=1`,
          `To: <sip:u${user}@ims.example>`,
          'Call-ID: reg',
          `CSeq: ${cseq} REGISTER`,
          `Contact: <sip:u${user}@10.16.0.${user}:5060>;${contact}`,
          'Content-Length: 0',
          '',
          '',
        );
  return lines(
    'REGISTER sip:im.ims.example SIP/2.0',
    `Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKtp${cseq}`,
    'Max-Forwards: 70',
    'From: <sip:core.ims.example>;tag=c',
    `To: <sip:u${user}@ims.example>`,
    `Call-ID: r${user}@core`,
    `CSeq: ${cseq} REGISTER`,
    'Contact: <sip:core.ims.example>',
    `Expires: ${expiresS}`,
    ...(inner === '' ? [] : ['Content-Type: message/sip']),
    `Content-Length: ${inner.length}`,
    '',
    inner,
  );
}

/** A MESSAGE as the Core hands it over; `number` is in its branch, Call-ID and tag. */
export function messageText(user: number, number: number, body: string, extra: readonly string[]): string {
  const type = extra.some((line) => /^(Content-Type|c):/i.test(line)) ? [] : ['Content-Type: text/plain'];
  return lines(
    `MESSAGE sip:u${user}@ims.example SIP/2.0`,
    `Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKm${number}`,
    'Via: SIP/2.0/UDP 10.16.0.1:5060;branch=z9hG4bKorigin',
    'Max-Forwards: 68',
    'Route: <sip:im.ims.example;lr>',
    `From: <sip:u1@ims.example>;tag=f${number}`,
    `To: <sip:u${user}@ims.example>`,
    `Call-ID: call${number}@10.16.0.1`,
    'CSeq: 1 MESSAGE',
    'P-Asserted-Identity: <sip:u1@ims.example>',
    ...type,
    ...extra,
    `Content-Length: ${body.length}`,
    '',
    body,
  );
}
