/** Bugs that change or lose header fields which must arrive as they were sent (P5, P8). Caught by I5. */
import { HeaderClass } from '../im-server/store/header-classes.js';
import { HeaderPolicy } from '../im-server/store/header-policy.js';
import { ImServer } from '../im-server/server.js';
import { Header } from '../wire/sip/head/header-names.js';
import type { Saboteur } from './saboteur.js';
import { serverThatMisreads, serverWith } from './servers.js';
import { editRecords } from './tampering.js';

const rewritesCallId: Saboteur = {
  name: 'rewrites-call-id',
  title: 'the server gives each deferred message a Call-ID of its own',
  caughtBy: 'I5',
  server: (ports, config) =>
    new ImServer(
      editRecords(ports, (text) => text.replace(/\r\nCall-ID: .../, '\r\nCall-ID: IM-')),
      config,
    ),
};

/** Takes one header for one that is never kept. */
class ForgettingPolicy extends HeaderPolicy {
  constructor(private readonly forgotten: number) {
    super();
  }

  override classOf(id: number, buf: Buffer, nameStart: number, nameEnd: number): HeaderClass {
    return id === this.forgotten ? HeaderClass.R : super.classOf(id, buf, nameStart, nameEnd);
  }
}

const dropsSubject: Saboteur = {
  name: 'drops-subject',
  title: 'deferred messages lose their Subject',
  caughtBy: 'I5',
  server: serverWith({ policy: () => new ForgettingPolicy(Header.subject) }),
};

const raisesPriority: Saboteur = {
  name: 'raises-priority',
  title: 'each deferred message without a Priority gets one',
  caughtBy: 'I5',
  server: serverThatMisreads(
    () => (text) =>
      text.includes('\r\nPriority: ') ? text : text.replace('\r\n\r\n', '\r\nPriority: urgent\r\n\r\n'),
  ),
};

const dropsDate: Saboteur = {
  name: 'drops-date',
  title: "the sender's Date is lost and none takes its place",
  caughtBy: 'I6',
  server: serverWith({ policy: () => new ForgettingPolicy(Header.date) }),
};

const addsADate: Saboteur = {
  name: 'adds-a-date',
  title: 'a second Date stands before that of the sender',
  caughtBy: 'I6',
  server: (ports, config) =>
    new ImServer(
      editRecords(ports, (text) => text.replace('\r\nUser-Agent:', '\r\nDate:      ')),
      config,
    ),
};

const replacesDate: Saboteur = {
  name: 'replaces-date',
  title: "the time of receipt stands in the place of the sender's Date",
  caughtBy: 'I6',
  server: serverThatMisreads(() => (text) => text.replace(/\r\nDate: [^\r]*/, '')),
};

export const headerSaboteurs: readonly Saboteur[] = [
  rewritesCallId,
  dropsSubject,
  raisesPriority,
  dropsDate,
  addsADate,
  replacesDate,
];
