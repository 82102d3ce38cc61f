/**
 * The readers of what SIP and MSRP carry, as targets: SDP, MIME (multipart with its Content-Type), CPIM, and the payload of a push
 * as a client reads it. And STUN, which comes on the SIP port.
 */
import { assert } from '../../sim/kernel/assert.js';
import { MessageKey } from '../client/reception/message-key.js';
import { CpimMessage } from '../wire/cpim/cpim.js';
import { ImdnReader } from '../wire/cpim/imdn.js';
import { MsrpFragment } from '../wire/fragments/msrpfrag.js';
import { ContentType } from '../wire/mime/content-type.js';
import { Multipart, PARTS_LIMIT } from '../wire/mime/multipart.js';
import { MEDIA_LIMIT } from '../wire/sdp/constants.js';
import { SessionDescription } from '../wire/sdp/description.js';
import { acceptsNested, acceptsRoot } from '../wire/sdp/negotiate.js';
import { StunMessage, datagramKind } from '../wire/stun/stun.js';
import { samplesOf } from './samples.js';
import type { OctetTarget } from './target.js';

const OFFER = `v=0
o=- 2890844526 2890844527 IN IP4 10.0.0.2
s=-
c=IN IP4 10.0.0.2
t=0 0
m=message 2855 TCP/MSRP *
a=accept-types:multipart/mixed
a=accept-wrapped-types:message/sipfrag message/msrpfrag text/*
a=path:msrp://10.0.0.2:2855/s8f9g7h6j5k4l3;tcp
a=setup:actpass
a=max-size:1048576
a=sendonly
`;

const ANSWER = `v=0
o=- 1 1 IN IP6 2001:db8::1
s=-
c=IN IP6 2001:db8::1
t=0 0
a=setup:active
m=audio 0 RTP/AVP 0
m=message 9 TCP/TLS/MSRP *
a=path:msrps://[2001:db8::1]:9/a;tcp msrps://relay.example:2855/b;tcp
a=accept-types:*
a=msrp-cema
`;

function sdp(): OctetTarget {
  const description = new SessionDescription();
  return {
    name: 'sdp',
    samples: samplesOf(OFFER, ANSWER),
    words: [
      'm=message ',
      'm=',
      'a=',
      'a=path:',
      'a=accept-types:',
      'a=max-size:',
      'a=setup:',
      'v=0',
      'o=',
      'c=IN IP4 ',
      '*',
    ],
    streams: false,
    heldLimitOctets: MEDIA_LIMIT,
    heldOctets: () => description.media.length,
    read(buf, start, end, _cuts, seen) {
      const sound = description.parse(buf, start, end);
      seen.fault(description.fault, description.faultAt);
      assert(sound === (description.fault === 0), 'a verdict that its fault contradicts');
      seen.number(description.mediaCount);
      for (let i = 0; i < description.mediaCount; i++) {
        const media = description.media[i];
        // Absent is 0 to 0, wherever the octets begin.
        for (const [from, to] of [
          [media.lineStart, media.lineEnd],
          [media.protocolStart, media.protocolEnd],
          [media.formatStart, media.formatEnd],
          [media.pathStart, media.pathEnd],
          [media.acceptTypesStart, media.acceptTypesEnd],
          [media.acceptWrappedStart, media.acceptWrappedEnd],
          [media.addressStart, media.addressEnd],
        ]) {
          if (to > 0) seen.span(from, to);
        }
        seen.number(media.port);
        seen.number(media.setup);
        seen.number(media.direction);
        seen.number(media.maxSizeOctets);
        seen.flag(acceptsRoot(buf, media, 'multipart/mixed'));
        seen.flag(acceptsNested(buf, media, 'message/sipfrag'));
      }
      if (sound) seen.number(description.msrpMedia());
    },
  };
}

const MIXED = `multipart/mixed;boundary=bnd7f3a
--bnd7f3a
Content-Type: message/sipfrag

MESSAGE sip:user2@imserver.com SIP/2.0
From: sip:user1@imserver.com;tag=49583
To: sip:user2@imserver.com
Call-ID: asd88asd77a@1.2.3.4
Date: Thu, 21 Feb 2002 13:02:03 GMT
Content-Type: text/plain
Content-Length: 18

Watson, come here.
--bnd7f3a--`;

const LARGE = `multipart/mixed;boundary="bnd9c1e"
--bnd9c1e
Content-Type: message/sipfrag

INVITE sip:user2@imserver.com SIP/2.0
To: <sip:user2@imserver.com>
From: <sip:user1@imserver.com>;tag=786
Call-ID: 3413an89KU
Date: Thu, 21 Feb 2005 13:02:03 GMT

--bnd9c1e
Content-Type: message/msrpfrag

MSRP dkei38sd SEND
Message-ID: 456
Content-Type: text/plain

Hi, Alice!  I'm Bob!
-------dkei38sd$
--bnd9c1e--`;

const NESTED = `Multipart / Mixed ; Boundary = "a b\\"c" ; x=y
preamble
--a b"c

--a b"c trailing
Content-Type: multipart/alternative;
 boundary=inner

--inner
Content-Type: text/plain

x
--inner--
--a b"c--
epilogue`;

/** The first line is the Content-Type, what follows is the body. */
function multiparts(): OctetTarget {
  const type = new ContentType();
  const inner = new ContentType();
  const multipart = new Multipart();
  const key = new MessageKey();
  return {
    name: 'mime',
    samples: samplesOf(MIXED, LARGE, NESTED),
    words: [
      '--bnd7f3a',
      '\r\n--bnd9c1e',
      '--',
      'boundary=',
      'Content-Type: message/sip',
      'MSRP ',
      '-------dkei38sd$',
      '"',
    ],
    streams: false,
    heldLimitOctets: PARTS_LIMIT,
    heldOctets: () => multipart.parts.length,
    read(buf, start, end, _cuts, seen) {
      const line = buf.subarray(start, end).indexOf('\r\n', 0, 'latin1');
      const typeEnd = line < 0 ? end : start + line;
      const bodyStart = Math.min(end, typeEnd + 2);
      type.parse(buf, start, typeEnd);
      seen.fault(type.fault, type.faultAt);
      seen.span(type.typeStart, type.typeEnd);
      seen.span(type.subtypeStart, type.subtypeEnd);
      if (type.findParameter('boundary')) seen.text(type.valueText());
      multipart.parseWith(buf, bodyStart, end, type);
      seen.fault(multipart.fault, multipart.faultAt);
      seen.place(multipart.epilogueStart);
      for (let i = 0; i < multipart.count; i++) {
        const part = multipart.parts[i];
        seen.span(part.headStart, part.headEnd);
        seen.span(part.headEnd, part.bodyStart);
        seen.span(part.bodyStart, part.bodyEnd);
        if (!multipart.findHeader(buf, part, 'content-type')) continue;
        seen.span(multipart.valueStart, multipart.valueEnd);
        seen.flag(inner.parse(buf, multipart.valueStart, multipart.valueEnd));
        seen.flag(inner.sameMediaType(type));
      }
      const has = key.ofPayload(buf, bodyStart, end, start, typeEnd);
      seen.flag(has);
    },
  };
}

function msrpfrag(): OctetTarget {
  const fragment = new MsrpFragment();
  const framed = LARGE.slice(LARGE.indexOf('MSRP '), LARGE.lastIndexOf('\n'));
  return {
    name: 'msrpfrag',
    samples: samplesOf(
      framed,
      'Message-ID: 456\nContent-Type: text/plain\n\nhi',
      'MSRP abcd SEND\nMessage-ID: 1\n-------abcd#',
    ),
    words: ['MSRP ', ' SEND\r\n', '-------dkei38sd', '$', '+', '#', 'Message-ID:', 'Content-Type='],
    streams: false,
    heldLimitOctets: 0,
    heldOctets: () => 0,
    read(buf, start, end, _cuts, seen) {
      const sound = fragment.parse(buf, start, end);
      seen.fault(fragment.fault, fragment.faultAt);
      assert(sound === (fragment.fault === 0), 'a verdict that its fault contradicts');
      seen.flag(fragment.framed);
      if (fragment.idEnd > 0) seen.span(fragment.idStart, fragment.idEnd);
      if (fragment.typeEnd > 0) seen.span(fragment.typeStart, fragment.typeEnd);
      if (sound) seen.span(fragment.bodyStart, fragment.bodyEnd);
      seen.number(fragment.flag);
    },
  };
}

const CPIM = `From: "Im A. User" <im:a@example.com>
To: <im:b@example.com>
DateTime: 2006-04-04T12:16:49-05:00
NS: imdn <urn:ietf:params:imdn>
imdn.Message-ID: 34jk324j
imdn.Disposition-Notification: positive-delivery, negative-delivery

Content-type: text/plain
Content-length: 12

Hello World
`;

function cpim(): OctetTarget {
  const message = new CpimMessage();
  return {
    name: 'cpim',
    samples: samplesOf(CPIM, 'From: <im:a@b>\n\n\nbody'),
    words: ['NS: ', 'imdn.', '<urn:ietf:params:imdn>', '\r\n\r\n', 'DateTime: ', '.'],
    streams: false,
    heldLimitOctets: 0,
    heldOctets: () => 0,
    read(buf, start, end, _cuts, seen) {
      message.parse(buf, start, end);
      seen.fault(message.fault, message.faultAt);
      for (let i = 0; i < message.headerCount; i++) {
        seen.span(message.nameStart[i], message.nameEnd[i]);
        seen.span(message.valueStart[i], message.valueEnd[i]);
      }
      seen.span(message.contentHeadersStart, message.contentHeadersEnd);
      seen.span(message.contentStart, message.contentEnd);
      const id = message.findByLocalName('urn:ietf:params:imdn', 'Message-ID');
      seen.number(id);
      if (id >= 0) seen.text(message.text(id));
    },
  };
}

const IMDN = `From: <sip:u1@ims.example>
To: <sip:u2@ims.example>
NS: imdn <urn:ietf:params:imdn>
imdn.Message-ID: d834jied93rf

Content-Type: message/imdn+xml
Content-Disposition: notification

<imdn xmlns="urn:ietf:params:xml:ns:imdn"><delivery-notification><status><delivered/></status></delivery-notification></imdn>`;

function imdn(): OctetTarget {
  const reader = new ImdnReader();
  return {
    name: 'imdn',
    samples: samplesOf(CPIM, IMDN),
    words: [
      'NS: ',
      'imdn.',
      '<urn:ietf:params:imdn>',
      '<failed',
      '<stored',
      'positive-delivery',
      ';x=',
      ',',
      '>',
    ],
    streams: false,
    heldLimitOctets: 0,
    heldOctets: () => 0,
    read(buf, start, end, _cuts, seen) {
      const sound = reader.read(buf, start, end);
      seen.fault(reader.cpim.fault, reader.cpim.faultAt);
      if (!sound) return;
      seen.flag(reader.isNotification);
      seen.flag(reader.asks('positive-delivery'));
      seen.number(reader.status);
      if (reader.hasId()) seen.span(reader.idStart, reader.idEnd);
      if (reader.uriOf('To')) seen.span(reader.uriStart, reader.uriEnd);
    },
  };
}

const STUN_REQUEST = '\x00\x01\x00\x00\x21\x12\xa4\x42ABCDEFGHIJKL';
const STUN_SUCCESS =
  '\x01\x01\x00\x14\x21\x12\xa4\x42ABCDEFGHIJKL\x00\x20\x00\x08\x00\x01\x32\x56\x2b\x02\xa4\x45\x80\x22\x00\x04test';

function stun(): OctetTarget {
  const message = new StunMessage();
  return {
    name: 'stun',
    samples: [Buffer.from(STUN_REQUEST, 'latin1'), Buffer.from(STUN_SUCCESS, 'latin1')],
    words: [
      '\x21\x12\xa4\x42',
      '\x00\x20\x00\x08',
      '\xff\xff',
      '\x00\x04',
      '\x80\x22',
      '\x00\x06\x00\x03abc\x00',
    ],
    streams: false,
    heldLimitOctets: 0,
    heldOctets: () => 0,
    read(buf, start, end, _cuts, seen) {
      seen.number(datagramKind(buf, start, end));
      const sound = message.parse(buf, start, end);
      seen.fault(message.fault, message.faultAt);
      assert(sound === (message.fault === 0), 'a verdict that its fault contradicts');
      if (!sound) return;
      seen.number(message.type);
      seen.number(message.id0);
      seen.number(message.mappedIp);
      seen.number(message.mappedPort);
    },
  };
}

/** The readers of content, and of STUN; new objects with each call. */
export function contentTargets(): readonly OctetTarget[] {
  return [sdp(), multiparts(), msrpfrag(), cpim(), imdn(), stun()];
}
