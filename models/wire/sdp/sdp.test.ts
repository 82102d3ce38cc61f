import fc from 'fast-check';
import { parse as peerParse } from 'sdp-transform';
import { describe, expect, it } from 'vitest';
import { OctetArena } from '../../../sim/kernel/octets.js';
import { OctetWriter } from '../octet-writer.js';
import { Direction, SdpFault, Setup } from './constants.js';
import { SdpMedia, SessionDescription } from './description.js';
import {
  acceptsNested,
  acceptsRoot,
  answerDirection,
  answerSetup,
  offererConnects,
  takesContent,
} from './negotiate.js';
import { type MsrpEndpoint, portFor, writeMsrpAnswer, writeMsrpOffer } from './write.js';

const ENDPOINT: MsrpEndpoint = {
  user: '-',
  sessionId: 2890844526,
  sessionVersion: 7,
  address: '10.0.0.2',
  port: 2855,
  path: 'msrp://10.0.0.2:2855/s2n8dk37dh2kdh7s;tcp',
  acceptTypes: 'multipart/mixed multipart/alternative',
  acceptWrappedTypes: '*',
  setup: Setup.actpass,
  maxSizeOctets: 1048576,
  direction: Direction.sendonly,
};

function text(write: (w: OctetWriter) => void): string {
  const octets = new OctetArena();
  const w = new OctetWriter(octets);
  w.begin();
  write(w);
  const { length } = w;
  const at = octets.start(w.end());
  return octets.buf.latin1Slice(at, at + length);
}

function parse(source: string): SessionDescription {
  const description = new SessionDescription();
  const buf = Buffer.from(source, 'latin1');
  description.parse(buf, 0, buf.length);
  return description;
}

const HEAD = 'v=0\r\no=alice 1 2 IN IP4 alice.example.com\r\ns= -\r\nc=IN IP4 alice.example.com\r\nt=0 0\r\n';
const MSRP =
  'm=message 7394 TCP/MSRP *\r\na=accept-types:text/plain\r\na=path:msrp://alice.example.com:7394/2s93i9ek2a;tcp\r\n';

describe('SDP of MSRP (RFC 4975 section 8, rules 3.6)', () => {
  it('an offer says the same to us and to an outside parser', () => {
    const offer = text((w) => writeMsrpOffer(w, ENDPOINT));
    const peer = peerParse(offer);
    expect(peer.media).toHaveLength(1);
    expect(peer.media[0]).toMatchObject({ type: 'message', port: 2855, protocol: 'TCP/MSRP', payloads: '*' });
    expect(peer.media[0]).toMatchObject({ setup: 'actpass', direction: 'sendonly' });
    expect(peer.connection).toMatchObject({ ip: '10.0.0.2', version: 4 });
    expect(peer.origin).toMatchObject({ username: '-', sessionId: 2890844526, sessionVersion: 7 });
    expect(peer.media[0].invalid?.map((line) => line.value)).toEqual(
      expect.arrayContaining(['accept-wrapped-types:*', 'max-size:1048576']),
    );
    const own = parse(offer);
    expect(own.fault).toBe(SdpFault.none);
    const media = own.media[own.msrpMedia()];
    expect(media).toMatchObject({
      port: 2855,
      setup: Setup.actpass,
      direction: Direction.sendonly,
      maxSizeOctets: 1048576,
      isTls: false,
      cema: false,
    });
    expect(own.buf.latin1Slice(media.pathStart, media.pathEnd)).toBe(ENDPOINT.path);
    expect(own.buf.latin1Slice(media.acceptTypesStart, media.acceptTypesEnd)).toBe(ENDPOINT.acceptTypes);
    expect(own.buf.latin1Slice(media.addressStart, media.addressEnd)).toBe('10.0.0.2');
  });

  it('an answer rejects every other m-line with port 0 and keeps their order (RFC 3264 section 6)', () => {
    const offer = parse(HEAD + 'm=audio 4000 RTP/AVP 0 8\r\n' + MSRP + 'm=video 4002 RTP/AVP 31\r\n');
    expect(offer.msrpMedia()).toBe(1);
    const answer = text((w) => writeMsrpAnswer(w, offer, 1, { ...ENDPOINT, setup: Setup.passive }));
    expect(answer.match(/m=.*/g)).toEqual([
      'm=audio 0 RTP/AVP 0 8',
      'm=message 2855 TCP/MSRP *',
      'm=video 0 RTP/AVP 31',
    ]);
    expect(parse(answer).msrpMedia()).toBe(1);
    expect(peerParse(answer).media.map((media) => media.port)).toEqual([0, 2855, 0]);
    const refusal = text((w) => writeMsrpAnswer(w, offer, -1, ENDPOINT));
    expect(parse(refusal).msrpMedia()).toBe(-1);
  });

  it('an answer has the t= line of the offer (RFC 3264 section 6)', () => {
    const times = 't=3034423619 3042462419';
    const offer = parse(HEAD.replace('t=0 0', `${times}\r\nr=604800 3600 0`) + MSRP);
    const answer = text((w) => writeMsrpAnswer(w, offer, 0, ENDPOINT));
    expect(answer).toContain(`\r\n${times}\r\nm=`);
    expect(text((w) => writeMsrpOffer(w, ENDPOINT))).toContain('\r\nt=0 0\r\nm=');
    expect(parse(HEAD.replace('t=0 0', 't=0') + MSRP).fault).toBe(SdpFault.badLine);
  });

  it('session-level setup, direction and c= hold where the medium has none; bare LF is read', () => {
    const source = (
      HEAD +
      'a=setup:ACTIVE\r\na=recvonly\r\n' +
      MSRP +
      MSRP +
      'c=IN IP4 other\r\na=setup:passive\r\na=inactive\r\na=msrp-cema\r\n'
    ).replaceAll('\r\n', '\n');
    const { media, buf, fault } = parse(source);
    expect(fault).toBe(SdpFault.none);
    expect(media[0]).toMatchObject({ setup: Setup.active, direction: Direction.recvonly, cema: false });
    expect(media[1]).toMatchObject({ setup: Setup.passive, direction: Direction.inactive, cema: true });
    expect(buf.latin1Slice(media[1].addressStart, media[1].addressEnd)).toBe('other');
    expect(buf.latin1Slice(media[0].addressStart, media[0].addressEnd)).toBe('alice.example.com');
  });

  it('a rejected MSRP stream is passed over; one without path or accept-types is a fault', () => {
    expect(parse(HEAD + MSRP.replace('7394 TCP', '0 TCP') + MSRP).msrpMedia()).toBe(1);
    const noPath = parse(HEAD + MSRP.replace(/a=path.*\r\n/, ''));
    expect([noPath.msrpMedia(), noPath.fault]).toEqual([-1, SdpFault.noPath]);
    const noTypes = parse(HEAD + MSRP.replace(/a=accept-types.*\r\n/, ''));
    expect([noTypes.msrpMedia(), noTypes.fault]).toEqual([-1, SdpFault.noAcceptTypes]);
    expect(parse(HEAD + MSRP.replace('TCP/MSRP', 'TCP/TLS/MSRP')).media[0].isTls).toBe(true);
  });

  it('names each fault and its place', () => {
    const at = (source: string): [SdpFault, string] => {
      const { fault, faultAt } = parse(source);
      return [fault, source.slice(faultAt, faultAt + 2)];
    };
    expect(at('')).toEqual([SdpFault.badVersion, '']);
    expect(at('v=1\r\n')).toEqual([SdpFault.badVersion, 'v=']);
    expect(at('v=0\r\nx\r\n')).toEqual([SdpFault.badLine, 'x\r']);
    expect(at('v=0\r\no=a b c\r\n')).toEqual([SdpFault.badOrigin, 'o=']);
    expect(at('v=0\r\ns=-\r\nt=0 0\r\n')[0]).toBe(SdpFault.badOrigin);
    expect(at('v=0\r\no=a 1 1 IN IP4 h\r\nt=0 0\r\n')[0]).toBe(SdpFault.missingLine);
    expect(at(HEAD + 'm=message 70000 TCP/MSRP *\r\n')).toEqual([SdpFault.badMedia, 'm=']);
    expect(at(HEAD + 'm=message 1 TCP/MSRP\r\n')).toEqual([SdpFault.badMedia, 'm=']);
    expect(at(HEAD + 'c=IN IP4\r\n')).toEqual([SdpFault.badConnection, 'c=']);
    expect(at(HEAD + MSRP + 'a=max-size:many\r\n')[0]).toBe(SdpFault.badMaxSize);
    expect(at(HEAD + MSRP.repeat(17))[0]).toBe(SdpFault.tooManyMedia);
  });

  it('never throws on mutated descriptions', () => {
    const good = Buffer.from(HEAD + MSRP, 'latin1');
    const description = new SessionDescription();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.nat(good.length),
        (changes, cut) => {
          const buf = Buffer.from(good);
          for (const [at, value] of changes) buf[at] = value;
          description.parse(buf, 0, cut);
          description.msrpMedia();
        },
      ),
      { seed: 42, numRuns: 1000 },
    );
  });
});

describe('who connects (rules 3.4, RFC 6135)', () => {
  it.each([
    ['absent', Setup.absent, Setup.passive, true],
    ['active', Setup.active, Setup.passive, true],
    ['actpass', Setup.actpass, Setup.passive, true],
    ['passive, which is illegal', Setup.passive, Setup.active, false],
    ['holdconn, which is ignored', Setup.holdconn, Setup.passive, true],
  ] as const)('the server answers an offered %s', (_name, offered, answered, connects) => {
    expect(answerSetup(offered, Setup.passive)).toBe(answered);
    expect(offererConnects(offered, answered)).toBe(connects);
  });

  it('our client answers actpass with active and connects; the server connects to any other answer', () => {
    expect(answerSetup(Setup.actpass, Setup.active)).toBe(Setup.active);
    expect(offererConnects(Setup.actpass, Setup.active)).toBe(false);
    for (const answered of [Setup.passive, Setup.holdconn, Setup.absent]) {
      expect(offererConnects(Setup.actpass, answered)).toBe(true);
    }
    expect([portFor(Setup.active, 2855), portFor(Setup.actpass, 2855)]).toEqual([9, 2855]);
    expect(answerDirection(Direction.sendonly)).toBe(Direction.recvonly);
    const { sendrecv, sendonly, recvonly, inactive } = Direction;
    expect([sendrecv, sendonly, recvonly, inactive].map(takesContent)).toEqual([true, false, true, false]);
  });
});

describe('accept types (RFC 4975 section 8.6, A19)', () => {
  const accepts = (list: string, type: string): boolean => {
    const media = new SdpMedia();
    media.acceptTypesEnd = list.length;
    return acceptsRoot(Buffer.from(list), media, type);
  };

  it('matches exact types, wildcards and entries with parameters', () => {
    expect(accepts('text/html text/plain', 'text/plain')).toBe(true);
    expect(accepts('Text/Plain;charset="a b"', 'text/plain')).toBe(true);
    expect(accepts('text/*', 'text/plain')).toBe(true);
    expect(accepts('text/* *', 'image/png')).toBe(true);
    expect(accepts('text/*', 'textual/plain')).toBe(false);
    expect(accepts('text/plain', 'text/plainer')).toBe(false);
    expect(accepts('', 'text/plain')).toBe(false);
  });

  it('judges root and nested types: a root by the first list, what is inside by either', () => {
    const judge = (types: string, wrapped: string): boolean[] => {
      const attribute = wrapped === '' ? '' : `a=accept-wrapped-types:${wrapped}\r\n`;
      const { buf, media } = parse(HEAD + MSRP.replace('text/plain', types) + attribute);
      const nested = ['message/sipfrag', 'text/plain'].every((type) => acceptsNested(buf, media[0], type));
      return [acceptsRoot(buf, media[0], 'multipart/mixed'), nested];
    };
    expect(judge('*', '')).toEqual([true, true]);
    expect(judge('multipart/mixed', 'message/sipfrag text/*')).toEqual([true, true]);
    expect(judge('multipart/mixed text/plain', 'message/sipfrag')).toEqual([true, true]);
    expect(judge('multipart/mixed text/plain', 'message/sip')).toEqual([true, false]);
    expect(judge('text/plain message/sipfrag', 'multipart/mixed')).toEqual([false, true]);
  });
});
