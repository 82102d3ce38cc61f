/**
 * The MESSAGE request that a client writes (RFC 3428 section 4), from constant pieces and a few numbers.
 *
 * What varies, varies by addressed chance, so that every header rule of the store meets both cases: Date is missing from one
 * in eight (S1-date), one in four has a Subject, one in eight a Priority, one in eight an extension header.
 *
 * A sender who wants to be anonymous follows RFC 3323 section 4.1 and RFC 3325: From says so, the host of the Call-ID does not
 * name her, User-Agent and Subject stay away, Privacy asks for `id`, and P-Preferred-Identity picks the alias.
 *
 * Not modelled: Contact (RFC 3428 forbids it), Route, other bodies than text/plain and message/cpim, content indirection.
 */
import type { Ports } from '../../../sim/host/ports.js';
import { assert } from '../../../sim/kernel/assert.js';
import { DOMAIN } from '../../addressing.js';
import { NEVER_CANARY } from '../../marks.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import { DateLine } from '../../wire/sip/values/date.js';
import { AskingHead, CPIM } from '../large/asking-head.js';
import { SUPPORTED } from '../capabilities.js';
import { Draw } from '../chance.js';
import type { ClientFleetConfig, PagerMessageBody, PagerOffer } from '../config.js';
import type { FleetContext } from '../context.js';
import { Content, type Outbox } from './outbox.js';
import { Templates, type Piece, writeMarkNumber } from '../templates.js';

/** RFC 3428 section 8, for the whole request. */
export const PAGER_REQUEST_LIMIT_OCTETS = 1300;
/** Largest text of a MESSAGE: with the longest headers written here, and those that the Core adds, the request stays within the limit. */
export const PAGER_BODY_LIMIT_OCTETS = 500;
/** The same for a text that asks for notifications, whose message/cpim takes room of its own. */
const ASKING_BODY_LIMIT_OCTETS = 380;

/** True if the text of `offer` is too much for a MESSAGE. */
export function isTooLong({ sizeOctets, asksNotification }: PagerOffer): boolean {
  return sizeOctets > (asksNotification === true ? ASKING_BODY_LIMIT_OCTETS : PAGER_BODY_LIMIT_OCTETS);
}

export const USER_AGENT = 'restante-client/1';

const PRIORITIES = ['emergency', 'urgent', 'normal', 'non-urgent'] as const;
/** Any extension header that no table knows. */
const EXTENSION = 'X-Client-Batch: 7; "x, y"\r\n';
const SUBJECT = 'Subject: Lunch, then coffee\r\n';

export class PagerWriter {
  /** Where the body began in the last request, from its first octet. */
  bodyStart = 0;
  private readonly ports: Ports;
  private readonly canaries: boolean;
  private readonly body: PagerMessageBody;
  private readonly t: Templates;
  private readonly pieces: Readonly<Record<PieceName, Piece>>;
  private readonly priorities: readonly Piece[];
  private readonly dateLine = new DateLine();
  private readonly asking: AskingHead;

  constructor(ports: Ports, config: ClientFleetConfig) {
    this.ports = ports;
    this.canaries = config.canaries;
    this.body = config.body;
    this.asking = new AskingHead(ports.random, config.displayDelayNs !== undefined);
    const t = new Templates(ports.octets);
    this.t = t;
    this.pieces = {
      start: t.add('MESSAGE sip:u'),
      afterUri: t.add(`@${DOMAIN} SIP/2.0\r\n`),
      from: t.add('Max-Forwards: 70\r\nFrom: <sip:u'),
      fromTag: t.add(`@${DOMAIN}>;tag=`),
      anonymousFrom: t.add('Max-Forwards: 70\r\nFrom: "Anonymous" <sip:anonymous@anonymous.invalid>;tag='),
      to: t.add('\r\nTo: <sip:u'),
      callId: t.add(`@${DOMAIN}>\r\nCall-ID: `),
      anonymousHost: t.add('@anonymous.invalid'),
      preferred: t.add('\r\nCSeq: 1 MESSAGE\r\nP-Preferred-Identity: <sip:u'),
      alias: t.add(`\r\nCSeq: 1 MESSAGE\r\nPrivacy: id\r\nP-Preferred-Identity: <sip:${NEVER_CANARY}`),
      access: t.add(`@${DOMAIN}>\r\n${SUPPORTED}P-Access-Network-Info: 3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=`),
      canary: t.add(NEVER_CANARY),
      userAgent: t.add(`\r\nUser-Agent: ${USER_AGENT}\r\n`),
      expires: t.add('Expires: '),
      subject: t.add(SUBJECT),
      extension: t.add(EXTENSION),
      content: t.add('Content-Type: text/plain\r\nContent-Length: '),
      end: t.add('\r\n\r\n'),
      cpim: t.add(`Content-Type: ${CPIM}\r\nContent-Length: `),
    };
    this.priorities = PRIORITIES.map((value) => t.add(`Priority: ${value}\r\n`));
  }

  /**
   * Writes the request for `slot` of the outbox. The writer is left open; the body is [bodyStart, length).
   */
  write(context: FleetContext, outbox: Outbox, slot: number): void {
    const { t, pieces } = this;
    const { writer } = context;
    const { random } = this.ports;
    const sender = outbox.sender[slot];
    const recipient = outbox.recipient[slot];
    const message = outbox.message[slot];
    const anonymous = outbox.anonymous[slot] === 1;
    const chance = random.addressed(Draw.messageHeaders, sender, message);
    writer.begin();
    t.write(writer, pieces.start);
    writer.decimal(recipient);
    t.write(writer, pieces.afterUri);
    context.endpoint.writeVia(writer, sender, context.leg);
    if (anonymous) t.write(writer, pieces.anonymousFrom);
    else {
      t.write(writer, pieces.from);
      writer.decimal(sender);
      t.write(writer, pieces.fromTag);
    }
    writer.hex32(random.addressed(Draw.messageTag, sender, message));
    t.write(writer, pieces.to);
    writer.decimal(recipient);
    t.write(writer, pieces.callId);
    // The message number makes it unique, the chance makes it hard to guess.
    writer.hex32(random.addressed(Draw.messageCallId, sender, message)).hex32(message);
    if (anonymous) t.write(writer, pieces.anonymousHost);
    else {
      writer.octet(0x40).dotted(this.ports.ipOf(sender));
    }
    if (anonymous) {
      t.write(writer, pieces.alias);
      writeMarkNumber(writer, sender);
    } else {
      t.write(writer, pieces.preferred);
      writer.decimal(sender);
    }
    t.write(writer, pieces.access);
    if (this.canaries) {
      t.write(writer, pieces.canary);
      writeMarkNumber(writer, message);
    } else writer.hex32(sender);
    if (anonymous) writer.crlf();
    else t.write(writer, pieces.userAgent);
    if ((chance & 7) !== 0) this.dateLine.write(writer, outbox.writtenAtMs[slot]);
    const expiresS = outbox.expiresS[slot];
    if (expiresS >= 0) {
      t.write(writer, pieces.expires);
      writer.decimal(expiresS).crlf();
    }
    const content = outbox.content[slot];
    const spoken = content !== Content.notification;
    if (((chance >>> 3) & 3) === 0 && !anonymous && spoken) t.write(writer, pieces.subject);
    if (((chance >>> 5) & 7) === 0 && spoken) t.write(writer, this.priorities[(chance >>> 8) & 3]);
    if (((chance >>> 10) & 7) === 0) t.write(writer, pieces.extension);
    if (content === Content.plain) this.writeBody(writer, message, outbox.sizeOctets[slot]);
    else this.writeCpim(writer, outbox, slot);
  }

  /** A message/cpim body: a notification that was written before, or text that asks for one (RFC 5438 section 7.1.1). */
  private writeCpim(writer: OctetWriter, outbox: Outbox, slot: number): void {
    const { t, pieces, ports } = this;
    const sizeOctets = outbox.sizeOctets[slot];
    t.write(writer, pieces.cpim);
    const lengthAt = writer.length;
    writer.ascii('0000');
    t.write(writer, pieces.end);
    const from = writer.length;
    if (outbox.content[slot] === Content.notification) {
      const start = ports.octets.start(outbox.body[slot]);
      writer.span(ports.octets.buf, start, start + sizeOctets);
      this.bodyStart = writer.length;
    } else {
      const sender = outbox.sender[slot];
      const message = outbox.message[slot];
      const recipient = outbox.recipient[slot];
      this.asking.write(writer, sender, recipient, message, outbox.writtenAtMs[slot], 'text/plain');
      this.bodyStart = writer.length;
      this.fillBody(writer, message, sizeOctets);
    }
    writer.patchDecimal(lengthAt, 4, writer.length - from);
    assert(writer.length <= PAGER_REQUEST_LIMIT_OCTETS, 'a MESSAGE of more than 1300 octets');
  }

  private writeBody(writer: OctetWriter, message: number, sizeOctets: number): void {
    this.t.write(writer, this.pieces.content);
    writer.decimal(sizeOctets);
    this.t.write(writer, this.pieces.end);
    this.bodyStart = writer.length;
    assert(this.bodyStart + sizeOctets <= PAGER_REQUEST_LIMIT_OCTETS, 'a MESSAGE of more than 1300 octets');
    this.fillBody(writer, message, sizeOctets);
  }

  /** Appends the workload's text of `message`. */
  private fillBody(writer: OctetWriter, message: number, sizeOctets: number): void {
    const at = writer.startAt + writer.length;
    this.body.fill(message, sizeOctets, writer.buffer, at);
    // The octets stand where the writer is about to put them: this only moves it on.
    writer.span(writer.buffer, at, at + sizeOctets);
  }
}

type PieceName =
  | 'start'
  | 'afterUri'
  | 'from'
  | 'fromTag'
  | 'anonymousFrom'
  | 'to'
  | 'callId'
  | 'anonymousHost'
  | 'preferred'
  | 'alias'
  | 'access'
  | 'canary'
  | 'userAgent'
  | 'expires'
  | 'subject'
  | 'extension'
  | 'content'
  | 'end'
  | 'cpim';
