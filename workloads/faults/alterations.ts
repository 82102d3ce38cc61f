/** Notes where octets were altered on their way and read all the same, for the judges (`models/invariants/planned-faults.ts`). */
import { DOMAIN } from '../../models/addressing.js';
import type { Alterations } from '../../models/invariants/planned-faults.js';
import { BODY_MARK, NEVER_CANARY } from '../../models/marks.js';
import type { Links } from '../../sim/network/link.js';

/** Watches for altered octets on `links`, as long as the run lasts; `clients`: the host of all clients. */
export function alterationsOf(links: Pick<Links, 'alterWatch'>, clientsHost: number): Alterations {
  const messages = new Set<number>();
  const clients = new Set<number>();
  const users = new Set<number>();
  const lines = new Set<string>();
  const altered = { messages, clients, users, lines, betweenServers: false };
  links.alterWatch = (fromHost, fromLocal, toHost, toLocal, buf, before = 0, after = 0, octets = 0) => {
    // What it was and what it became: either may be taken for the other.
    const was = buf?.toString('latin1', before, before + octets) ?? '';
    const is = buf?.toString('latin1', after, after + octets) ?? '';
    const text = `${was}\n${is}`;
    const intact = new Set(was.split(CRLF));
    for (const line of is.split(CRLF)) {
      if (line.includes(NEVER_CANARY) && !intact.has(line)) lines.add(line);
    }
    const marked = numbersAfter(was, MARKED, 36);
    for (const message of numbersAfter(text, MARKED, 36)) messages.add(message);
    if (marked.length > 0) {
      // If the mark itself was hit, whoever gets the message gets one that nobody sent.
      if (numbersAfter(is, MARKED, 36).join() !== marked.join())
        for (const user of numbersAfter(text, NAMED, 10)) users.add(user);
      return;
    }
    if (fromHost === clientsHost) clients.add(fromLocal);
    if (toHost === clientsHost) clients.add(toLocal);
    if (fromHost === clientsHost || toHost === clientsHost) return;
    const named = numbersAfter(text, NAMED, 10);
    for (const user of named) users.add(user);
    if (named.length === 0) altered.betweenServers = true;
  };
  return altered;
}

const CRLF = '\r\n';
/** The mark of a message's body, and a public identity. */
const MARKED = new RegExp(`${BODY_MARK}([0-9a-z]{8})`, 'g');
const NAMED = new RegExp(`\\bu(\\d+)@${DOMAIN.replaceAll('.', '\\.')}`, 'g');

function numbersAfter(text: string, pattern: RegExp, radix: number): number[] {
  return [...text.matchAll(pattern)].map(([, digits]) => Number.parseInt(digits, radix));
}
