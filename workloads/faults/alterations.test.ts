/** What is noted of a datagram that was altered on its way, and nothing showed it. */
import { expect, it } from 'vitest';
import { BODY_MARK, mark, NEVER_CANARY } from '../../models/marks.js';
import type { AlterWatch } from '../../sim/network/link.js';
import { alterationsOf } from './alterations.js';

const CLIENTS = 3;
const CORE = 1;
const IDENTITY = `P-Preferred-Identity: <sip:${mark(NEVER_CANARY, 8)}@ims.example>`;
const ACCESS = `P-Access-Network-Info: 3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=${mark(NEVER_CANARY, 63)}`;
const WAS = ['MESSAGE sip:u2@ims.example SIP/2.0', 'Privacy: id', IDENTITY, ACCESS, '', mark(BODY_MARK, 63)];

/** The datagram of WAS from client 8 to the Core, with one piece of it altered. */
function afterThat(piece: string, became: string) {
  const links: { alterWatch: AlterWatch | undefined } = { alterWatch: undefined };
  const alterations = alterationsOf(links, CLIENTS);
  const was = Buffer.from(WAS.join('\r\n'), 'latin1');
  const is = Buffer.from(WAS.join('\r\n').replace(piece, became), 'latin1');
  expect(is.length).toBe(was.length);
  const both = Buffer.concat([was, is]);
  links.alterWatch?.(CLIENTS, 8, CORE, 0, both, 0, was.length, was.length);
  return { lines: [...alterations.lines], messages: [...alterations.messages] };
}

it.each<[string, string, string, readonly string[]]>([
  ['its name', 'Identity', 'Identito', [IDENTITY.replace('tity', 'tito')]],
  ['the end of the line before it', 'id\r\n', 'id\rK', [`Privacy: id\rK${IDENTITY}`]],
  ['another header', 'Privacy', 'Prhvacy', []],
  ['the body', mark(BODY_MARK, 63), mark(BODY_MARK, 64), []],
])(
  'a header line with a canary is noted if octets of its own were altered: %s',
  (_what, piece, became, lines) => {
    const { lines: noted, messages } = afterThat(piece, became);
    expect(noted).toEqual(lines);
    expect(messages).toContain(63);
  },
);
