/** Bugs of Large Message Mode: what is put together wrongly, and what is kept of a session (S3, S3-asm). Caught by I7 and I12. */
import { HeaderClass } from '../im-server/store/header-classes.js';
import { Column } from '../im-server/store/header-policy.js';
import { At, RecordMode } from '../im-server/store/record.js';
import { ImServer } from '../im-server/server.js';
import { MARK_OCTETS } from '../marks.js';
import type { Saboteur } from './saboteur.js';
import { serverThatKeeps } from './servers.js';
import { editRecords } from './tampering.js';

const MOVED_OCTETS = 8;

/** The record with the last octets of a Large Message's body put before the others, behind its mark. */
function withLastFirst(text: string): string {
  if (text.charCodeAt(At.mode) !== RecordMode.large) return text;
  let octets = 0;
  for (let i = 3; i >= 0; i--) octets = octets * 256 + text.charCodeAt(At.bodyOctets + i);
  const body = text.length - octets + MARK_OCTETS;
  const last = text.length - MOVED_OCTETS;
  return last <= body ? text : text.slice(0, body) + text.slice(last) + text.slice(body, last);
}

const mistakesTheOrder: Saboteur = {
  name: 'mistakes-the-order',
  title: 'the last octets of a Large Message are put before the others',
  caughtBy: 'I7',
  server: (ports, config) => new ImServer(editRecords(ports, withLastFirst), config),
};

const keepsTheSession: Saboteur = {
  name: 'keeps-the-session',
  title: 'a Large Message is stored with the session headers of its INVITE',
  caughtBy: 'I12',
  server: serverThatKeeps((column, headerClass) =>
    column === Column.large && headerClass === HeaderClass.D ? true : undefined,
  ),
};

const forgetsTheIdentity: Saboteur = {
  name: 'forgets-the-identity',
  title: 'a Large Message is stored without the identity that the network asserts',
  caughtBy: 'I12',
  server: serverThatKeeps((column, headerClass) =>
    column === Column.large && headerClass === HeaderClass.Eid ? false : undefined,
  ),
};

export const largeSaboteurs: readonly Saboteur[] = [mistakesTheOrder, keepsTheSession, forgetsTheIdentity];
