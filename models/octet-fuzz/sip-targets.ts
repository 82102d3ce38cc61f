/**
 * The readers of SIP as targets: a datagram with all values that anyone asks for, a stream, single header values, and
 * message/sipfrag. The samples are ours; the oddities of RFC 4475 and RFC 5118 among them.
 */
import { assert } from '../../sim/kernel/assert.js';
import { SipFragment } from '../wire/fragments/sipfrag.js';
import { SipContact, parseAddress, parseContact, type SipAddress } from '../wire/sip/values/address.js';
import { parseDate } from '../wire/sip/values/date.js';
import { FrameStatus, StreamFramer } from '../wire/sip/frame.js';
import { headerIdFast, headerIdSlow } from '../wire/sip/head/header-lookup.js';
import { Header } from '../wire/sip/head/header-names.js';
import { isIpv6, parseIpv4 } from '../wire/sip/values/host.js';
import { ListCursor } from '../wire/sip/values/list.js';
import { SipMessage } from '../wire/sip/message.js';
import { methodOf } from '../wire/sip/head/methods.js';
import { Framing, SIP_LIMITS, parseSip } from '../wire/sip/parse.js';
import { CSeq, parseCSeq, parseMaxForwards, parseSeconds, privacyOf } from '../wire/sip/values/scalars.js';
import { SipUri, parseUri } from '../wire/sip/values/uri.js';
import { canBeAnswered, validate } from '../wire/sip/validate.js';
import { Via, parseVia } from '../wire/sip/values/via.js';
import type { Seen } from './seen.js';
import type { OctetTarget } from './target.js';
import { samplesOf } from './samples.js';

const MESSAGE = `MESSAGE sip:u9@ims.example SIP/2.0
Via: SIP/2.0/UDP 10.16.0.7:5060;branch=z9hG4bK776asdhds;rport
Max-Forwards: 70
To: <sip:u9@ims.example>
From: "A. \\"B\\"" <sip:u7@ims.example>;tag=1928301774
Call-ID: a84b4c76e66710@10.16.0.7
CSeq: 314159 MESSAGE
Date: Thu, 21 Feb 2002 13:02:03 GMT
Expires: 3600
Privacy: id;critical
P-Asserted-Identity: <sip:u7@ims.example>, <tel:+15551234>
Content-Type: text/plain;charset=utf-8
Content-Length: 18

Watson, come here.`;

const INVITE = `INVITE sips:[2001:db8::9]:5061;transport=tcp?x=y SIP/2.0
v: SIP / 2.0 / TCP [2001:db8::1]:5060;branch=z9hG4bKa;received=2001:db8::2;maddr=[::1];ttl=3,
 SIP/2.0/UDP first.example;branch=390skdjuw
t: sip:u9@ims.example;user=phone
f: Anonymous <sip:anonymous@anonymous.invalid>;tag=9
i: x
CSeq: 1
 INVITE
m: <sip:u7@10.16.0.7;lr>;q=0.5;expires=60;reg-id=1;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"
Record-Route: <sip:p1.example;lr>,<sip:p2.example;lr>
s: lunch
c: application/sdp
l: 0

`;

const REGISTER = `REGISTER sip:ims.example SIP/2.0
Via: SIP/2.0/UDP 10.16.0.7
From: sip:u7@ims.example;tag=1
To: sip:u7@ims.example
Call-ID: r@h
CSeq: 7 REGISTER
Contact: *
Contact: "caller" <sip:u7%40x@10.16.0.7>;expires=0, <sip:[fe80::1]:99>
Expires: 4294967296
Content-Length: 0

`;

const RESPONSE = `SIP/2.0 202 Accepted
Via: SIP/2.0/UDP 10.16.0.7:5060;branch=z9hG4bK776asdhds;rport=5060;received=10.16.0.7
To: <sip:u9@ims.example>;tag=8
From: <sip:u7@ims.example>;tag=1928301774
Call-ID: a84b4c76e66710@10.16.0.7
CSeq: 314159 MESSAGE
Warning: 399 im.ims.example "quota, and more"
Retry-After: 18 (in a meeting) ;duration=3600
Content-Length: 0

`;

const FRAGMENT = `MESSAGE sip:u9@ims.example SIP/2.0
From: sip:u7@ims.example;tag=49583
Date: Thu, 21 Feb 2002 13:02:03 GMT
Content-Type: text/plain
Content-Length: 2

hi`;

const WORDS = [
  'SIP/2.0',
  'sip:',
  'sips:',
  'tel:+',
  'Via: ',
  'Content-Length: ',
  'l: ',
  'Contact: *',
  ';branch=z9hG4bK',
  ';tag=',
  ';lr',
  ';received=',
  '[::ffff:1.2.3.4]',
  '[2001:db8:::192.0.2.1]',
  '%40',
  'MESSAGE',
  'INVITE',
  'CSeq: 1 ',
  'Thu, 31 Feb 2002 24:00:60 GMT',
];

function address(buf: Uint8Array, read: SipAddress, uri: SipUri, seen: Seen): void {
  seen.span(read.displayStart, read.displayEnd);
  seen.span(read.uriStart, read.uriEnd);
  seen.span(read.paramsStart, read.paramsEnd);
  seen.span(read.tagStart, read.tagEnd);
  readUri(buf, read.uriStart, read.uriEnd, uri, seen);
}

function readUri(buf: Uint8Array, start: number, end: number, uri: SipUri, seen: Seen): void {
  seen.fault(parseUri(buf, start, end, uri), uri.faultOffset);
  seen.number(uri.scheme);
  seen.number(uri.port);
  seen.span(uri.userStart, uri.userEnd);
  seen.span(uri.hostStart, uri.hostEnd);
  seen.span(uri.paramsStart, uri.paramsEnd);
  seen.span(uri.headersStart, uri.headersEnd);
  for (uri.cursor.open(buf, uri.paramsStart, uri.paramsEnd); uri.cursor.next();) {
    seen.span(uri.cursor.nameStart, uri.cursor.nameEnd);
    seen.span(uri.cursor.valueStart, uri.cursor.valueEnd);
  }
}

/** All that a server, a proxy or a client may ask of a message. */
class MessageViewer {
  readonly message = new SipMessage();
  private readonly list = new ListCursor();
  private readonly contact = new SipContact();
  private readonly uri = new SipUri();
  private readonly via = new Via();

  show(seen: Seen): void {
    const { message, uri, via, contact, list } = this;
    const { buf } = message;
    seen.fault(message.fault, message.faultOffset);
    seen.flag(message.isRequest);
    seen.number(message.status);
    seen.number(message.contentLength);
    seen.span(message.methodStart, message.methodEnd);
    seen.span(message.uriStart, message.uriEnd);
    seen.span(message.reasonStart, message.reasonEnd);
    seen.span(message.start, message.headersStart);
    seen.span(message.headersStart, message.bodyStart);
    seen.span(message.bodyStart, message.bodyEnd);
    seen.number(message.headerCount);
    for (let i = 0; i < message.headerCount; i++) {
      seen.number(message.ids[i]);
      seen.span(message.nameStart[i], message.nameEnd[i]);
      seen.span(message.valueStart[i], message.valueEnd[i]);
      seen.place(message.lineEnd[i]);
    }
    seen.number(validate(message));
    seen.place(message.faultOffset);
    seen.flag(canBeAnswered(message));
    const topVia = message.topVia();
    if (topVia !== undefined) seen.span(topVia.hostStart, topVia.hostEnd);
    const cseq = message.cseq();
    if (cseq !== undefined) seen.number(cseq.number);
    const from = message.from();
    if (from !== undefined) address(buf, from, uri, seen);
    const to = message.to();
    if (to !== undefined) address(buf, to, uri, seen);
    const target = message.uri();
    if (target !== undefined) seen.span(target.hostStart, target.hostEnd);
    seen.number(privacyOf(message));
    for (list.open(message, Header.via); list.next();) {
      seen.fault(parseVia(buf, list.start, list.end, via), via.faultOffset);
    }
    for (list.open(message, Header.contact); list.next();) {
      const fault = parseContact(buf, list.start, list.end, contact);
      seen.fault(fault, contact.faultOffset);
      if (fault === 0 && !contact.star) address(buf, contact, uri, seen);
    }
    for (list.open(message, Header.pAssertedIdentity); list.next();) {
      seen.fault(parseAddress(buf, list.start, list.end, contact), contact.faultOffset);
    }
    const date = message.find(Header.date);
    if (date >= 0) seen.number(parseDate(buf, message.valueStart[date], message.valueEnd[date]));
    const subject = message.textOf(Header.subject);
    if (subject !== undefined) seen.text(subject);
  }

  /** Octets in columns. */
  get held(): number {
    return this.message.ids.length * 25;
  }
}

/** Columns of {@link SIP_LIMITS}.headers entries, doubled once too far. */
const COLUMNS_LIMIT_OCTETS = SIP_LIMITS.headers * 2 * 25;

function datagram(): OctetTarget {
  const viewer = new MessageViewer();
  return {
    name: 'sip-datagram',
    samples: samplesOf(MESSAGE, INVITE, REGISTER, RESPONSE),
    words: WORDS,
    streams: false,
    heldLimitOctets: COLUMNS_LIMIT_OCTETS,
    heldOctets: () => viewer.held,
    read(buf, start, end, _cuts, seen) {
      parseSip(buf, start, end, Framing.datagram, viewer.message);
      viewer.show(seen);
    },
  };
}

function stream(): OctetTarget {
  const viewer = new MessageViewer();
  const framer = new StreamFramer();
  const { message } = viewer;
  return {
    name: 'sip-stream',
    samples: samplesOf(`${MESSAGE}\n\n${RESPONSE}`, `\n\n${REGISTER}${MESSAGE}`, INVITE),
    words: WORDS,
    streams: true,
    heldLimitOctets: COLUMNS_LIMIT_OCTETS,
    heldOctets: () => viewer.held,
    read(buf, start, end, cuts, seen) {
      framer.reset();
      let at = start;
      // The caller keeps what is not taken, so each call sees it again with more behind it.
      for (let piece = 0; piece <= cuts.length; piece++) {
        const upTo = piece < cuts.length ? start + cuts[piece] : end;
        for (;;) {
          const status = framer.next(buf, at, upTo, message);
          if (status === FrameStatus.incomplete) break;
          seen.number(status);
          seen.number(framer.fault);
          if (status === FrameStatus.broken) return;
          if (status === FrameStatus.message) viewer.show(seen);
          assert(framer.taken > 0, 'a framer that takes nothing and wants to be called again');
          at += framer.taken;
        }
      }
      seen.place(at);
    },
  };
}

function values(): OctetTarget {
  const uri = new SipUri();
  const contact = new SipContact();
  const via = new Via();
  const cseq = new CSeq();
  return {
    name: 'sip-values',
    samples: samplesOf(
      'sip:alice:secret@[2001:db8::10]:5070;transport=tcp;lr?subject=a&b=c',
      'tel:+1-201-555-0123;phone-context=example.com',
      '"A \\" B" <sips:user;par=u%40example.net@example.com>;tag=x;expires=4294967295;q=0.999',
      'SIP/2.0/UDP [2001:db8::9:255]:5060;received=[2001:db8::9:255];branch=z9hG4bKas3-111;rport=5060',
      'Thu, 21 Feb 2002 13:02:03 GMT',
      '4294967295 (comment) ;x',
      '2147483647 MESSAGE',
      '::ffff:192.0.2.10',
      '192.0.2.255',
      'P-Asserted-Identity: x',
    ),
    words: WORDS,
    streams: false,
    heldLimitOctets: 0,
    heldOctets: () => 0,
    read(buf, start, end, _cuts, seen) {
      readUri(buf, start, end, uri, seen);
      seen.fault(parseAddress(buf, start, end, contact), contact.faultOffset);
      seen.span(contact.tagStart, contact.tagEnd);
      seen.fault(parseContact(buf, start, end, contact), contact.faultOffset);
      seen.span(contact.instanceStart, contact.instanceEnd);
      seen.fault(parseVia(buf, start, end, via), via.faultOffset);
      seen.span(via.branchStart, via.branchEnd);
      seen.span(via.hostStart, via.hostEnd);
      seen.fault(parseCSeq(buf, start, end, cseq), cseq.faultOffset);
      seen.number(parseDate(buf, start, end));
      seen.number(parseSeconds(buf, start, end));
      seen.number(parseMaxForwards(buf, start, end));
      seen.number(parseIpv4(buf, start, end));
      seen.flag(isIpv6(buf, start, end));
      seen.number(methodOf(buf, start, end));
      const colon = buf.subarray(start, end).indexOf(58);
      if (colon < 0) return;
      const view = new DataView(buf.buffer, buf.byteOffset, buf.length);
      const fast = headerIdFast(view, buf, start, end, 0);
      const slow = headerIdSlow(buf, start, start + colon);
      assert(fast === 0 || fast === slow, 'the short way finds another header name than the long one');
      seen.number(slow);
    },
  };
}

function fragments(): OctetTarget {
  const viewer = new MessageViewer();
  const fragment = new SipFragment(viewer.message);
  return {
    name: 'sipfrag',
    samples: samplesOf(FRAGMENT, FRAGMENT.slice(0, FRAGMENT.indexOf('\n\n')), 'From: x\nTo: y\n', MESSAGE),
    words: WORDS,
    streams: false,
    heldLimitOctets: COLUMNS_LIMIT_OCTETS,
    heldOctets: () => viewer.held,
    read(buf, start, end, _cuts, seen) {
      const sound = fragment.parse(buf, start, end);
      seen.fault(fragment.fault, fragment.faultAt);
      assert(sound === (fragment.fault === 0), 'a verdict that its fault contradicts');
      seen.flag(fragment.hasStartLine);
      seen.flag(fragment.hasBody);
      seen.span(fragment.bodyStart, fragment.bodyEnd);
      const { message } = fragment;
      for (let i = 0; i < message.headerCount; i++) {
        seen.octets(message.buf, message.nameStart[i], message.nameEnd[i]);
        seen.octets(message.buf, message.valueStart[i], message.valueEnd[i]);
      }
    },
  };
}

/** The readers of SIP; new objects with each call. */
export function sipTargets(): readonly OctetTarget[] {
  return [datagram(), stream(), values(), fragments()];
}
