/**
 * The head of a message/cpim that asks for notifications (RFC 3862 section 2, RFC 5438 section 7.1.1): who writes to whom and when, an
 * id that a notification quotes, the wish, and the Content-Type of what follows. `delivered` and `failed` are asked for always,
 * `displayed` where users look at what they are shown.
 *
 * Not modelled: `processing`, display names, Subject, IMDN-Route, other content headers than Content-Type.
 */
import type { RandomPort } from '../../../sim/host/ports.js';
import { userUri } from '../../addressing.js';
import { IMDN_NAMESPACE } from '../../wire/cpim/imdn.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import { DateTimeWriter } from '../../wire/xcap/date-time.js';
import { Draw } from '../chance.js';

/** The media type of a message that asks. */
export const CPIM = 'message/cpim';

const DELIVERY = 'positive-delivery, negative-delivery';

export class AskingHead {
  private readonly dates = new DateTimeWriter();
  private readonly wish: string;

  /** `looks`: users look at what they are shown, and say so. */
  constructor(
    private readonly random: RandomPort,
    looks: boolean,
  ) {
    const wishes = looks ? `${DELIVERY}, display` : DELIVERY;
    this.wish = `\r\nimdn.Disposition-Notification: ${wishes}\r\n\r\nContent-Type: `;
  }

  /** Appends the head of `message`, written at `sentMs`, whose content is of type `contentType`. The content comes next. */
  write(
    w: OctetWriter,
    sender: number,
    recipient: number,
    message: number,
    sentMs: number,
    contentType: string,
  ): void {
    w.ascii(`From: <${userUri(sender)}>\r\nTo: <${userUri(recipient)}>\r\nDateTime: `);
    this.dates.write(w, sentMs);
    w.ascii(`\r\nNS: imdn <${IMDN_NAMESPACE}>\r\nimdn.Message-ID: `);
    // 64 bits that nobody can guess (section 6.3).
    const { random } = this;
    w.hex32(random.addressed(Draw.imdnId, sender, 2 * message));
    w.hex32(random.addressed(Draw.imdnId, sender, 2 * message + 1));
    w.ascii(this.wish).ascii(contentType).ascii('\r\n\r\n');
  }
}
