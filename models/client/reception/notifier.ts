/**
 * Notifications (RFC 5438) at a client: a message that asks for one, and was shown, is answered by a MESSAGE of its own to the URI in its
 * From (sections 7.2.1 and 12.1.3.1): `delivered` at once, and `displayed` (section 7.2.1.2) when she has looked at it, which is assumed to be
 * `displayDelayNs` later; without that setting there is none. A notification that comes in is taken note of, and never answered by another.
 *
 * Who hides her identity has no return address and gets none (section 12.1.1). The notification leaves after the answer to the message, as any
 * other message of this client: when she is registered, one at a time to a recipient, and the network defers it if it must.
 *
 * Not modelled: `displayed` of a message that she never looks at, matching with what was sent (section 7.1.3 leaves that to the client), a user who wants
 * none to be sent.
 */
import type { Block } from '../../../sim/host/ports.js';
import { DOMAIN, userOfUserPart, userUri } from '../../addressing.js';
import { BODY_MARK } from '../../marks.js';
import { Observed } from '../../observations.js';
import { ImdnReader, ImdnStatus, ImdnWriter, NOTIFICATION_LIMIT_OCTETS } from '../../wire/cpim/imdn.js';
import { ContentType } from '../../wire/mime/content-type.js';
import { equalsText } from '../../wire/mime/octets.js';
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { SipUri, UriScheme, parseUri } from '../../wire/sip/values/uri.js';
import { Draw } from '../chance.js';
import { FleetTimer, type FleetContext } from '../context.js';
import type { PagerSender } from '../pager/pager-sender.js';
import { writeMarkNumber } from '../templates.js';

/** A notification that is to leave. */
interface Due {
  readonly user: number;
  readonly addressee: number;
  readonly message: number;
  readonly block: Block;
  readonly octets: number;
  readonly status: ImdnStatus;
}

export class Notifier {
  private readonly type = new ContentType();
  private readonly reader = new ImdnReader();
  private readonly imdn = new ImdnWriter();
  private readonly uri = new SipUri();
  private readonly due = new Map<number, Due>();
  private next = 0;

  /** `takeNumber` gives the next message number of the run. */
  constructor(
    private readonly context: FleetContext,
    private readonly sender: PagerSender,
    private readonly takeNumber: () => number,
  ) {}

  /**
   * `user` was shown `message` (a request, or the fragment of a push) whose octets may be anywhere. `ordinal` is how many she was
   * shown before.
   */
  onShown(user: number, ordinal: number, message: SipMessage): void {
    const type = message.find(Header.contentType);
    if (type < 0) return;
    const { buf, valueStart, valueEnd, bodyStart, bodyEnd } = message;
    this.onContent(user, ordinal, message, buf, valueStart[type], valueEnd[type], bodyStart, bodyEnd);
  }

  /**
   * The same for a Large Message: `message` is the INVITE of its session, [typeStart, typeEnd) of `buf` its Content-Type, and its content
   * begins at `start` and ends at or before `end`: only its head is looked at.
   */
  onContent(
    user: number,
    ordinal: number,
    message: SipMessage,
    buf: Buffer,
    typeStart: number,
    typeEnd: number,
    start: number,
    end: number,
  ): void {
    const { reader, type } = this;
    type.parse(buf, typeStart, typeEnd);
    if (!type.is('message', 'cpim')) return;
    if (!reader.read(buf, start, end)) return;
    if (reader.isNotification) {
      this.context.ports.observe.emit(Observed.notificationReceived, user, ordinal, reader.status, 0);
      return;
    }
    if (!reader.hasId() || !reader.uriOf('To') || !reader.fits()) return;
    const addressee = this.senderOf(message);
    if (addressee < 0 || addressee === user) return;
    const { displayDelayNs } = this.context.config;
    if (reader.asks('positive-delivery')) this.compose(user, addressee, ImdnStatus.delivered, 0);
    if (displayDelayNs !== undefined && reader.asks('display'))
      this.compose(user, addressee, ImdnStatus.displayed, displayDelayNs);
  }

  /** The answer to the message has left by now, and she has looked at it. */
  onTimer(number: number): void {
    const due = this.due.get(number);
    if (due === undefined) return;
    this.due.delete(number);
    const { user, addressee, message, block, octets, status } = due;
    this.context.ports.observe.emit(Observed.notificationSent, user, message, addressee, status);
    this.sender.offer({
      sender: user,
      recipient: addressee,
      message,
      sizeOctets: octets,
      intendedAtNs: this.context.ports.now(),
      anonymous: false,
      expiresS: -1,
      notification: block,
    });
  }

  /** What she had not handed on is lost with her process. */
  onCrash(user: number): void {
    for (const [number, due] of this.due) {
      if (due.user !== user) continue;
      this.due.delete(number);
      this.context.ports.octets.release(due.block);
    }
  }

  /** The user of this domain in From; -1 if there is none, as of who is anonymous. */
  private senderOf(message: SipMessage): number {
    const { uri } = this;
    const from = message.from();
    if (from === undefined || parseUri(message.buf, from.uriStart, from.uriEnd, uri) !== 0) return -1;
    if (uri.scheme !== UriScheme.sip || !equalsText(message.buf, uri.hostStart, uri.hostEnd, DOMAIN))
      return -1;
    const user = userOfUserPart(message.buf, uri.userStart, uri.userEnd);
    return user < this.context.config.subscribers ? user : -1;
  }

  private compose(user: number, addressee: number, status: 0 | 4, delayNs: number): void {
    const { ports, writer: w } = this.context;
    const message = this.takeNumber();
    w.begin();
    this.imdn.head(w, userUri(user), userUri(addressee));
    // An id of its own (section 7.2.1), by which an outsider knows the notification as one message, and 64 bits that nobody can guess.
    w.ascii(BODY_MARK);
    writeMarkNumber(w, message);
    w.hex32(ports.random.addressed(Draw.notification, user, 2 * message));
    w.hex32(ports.random.addressed(Draw.notification, user, 2 * message + 1));
    this.imdn.content(w, this.reader, ports.wallClock(), status);
    const octets = w.length;
    if (octets > NOTIFICATION_LIMIT_OCTETS) {
      // An id so long that a MESSAGE cannot quote it (RFC 3428 section 8): there is no other way to tell.
      w.discard();
      return;
    }
    const number = this.next++;
    this.due.set(number, { user, addressee, message, block: w.end(), octets, status });
    ports.timer.after(delayNs, FleetTimer.notify, number, 0);
  }
}
