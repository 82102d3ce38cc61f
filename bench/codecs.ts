/** Codecs: a SIP message read and passed on, MSRP frames and a MIME body read, each over octets as they come from the network. */
import { Multipart } from '../models/wire/mime/multipart.js';
import { FrameEvent, FrameParser } from '../models/wire/msrp/frame-parser.js';
import { OctetWriter } from '../models/wire/octet-writer.js';
import { copyHeaders, endForwarded, HeaderEdits, writeStartLine } from '../models/wire/sip/forward.js';
import { SipFault } from '../models/wire/sip/faults.js';
import { SipMessage } from '../models/wire/sip/message.js';
import { Framing, parseSip } from '../models/wire/sip/parse.js';
import { OctetArena } from '../sim/kernel/octets.js';
import type { Candidate } from './measure.js';
import { peer, type JsSipParser, type SipJs } from './peers.js';
import { SAMPLE_OCTETS, SAMPLE_TEXT } from './sip-parse.js';

const ROUND = 20_000;
/** Peers do a tenth of the work, so that a round takes no longer. */
const PEER_ROUND = ROUND / 10;
const CHUNK_OCTETS = 2048;

/** Reads the message in the arena, where what arrives lies, and writes it again with one Via more and Max-Forwards one lower, as a proxy does. */
const passOn: Candidate = {
  name: 'SIP parse and serialise, restante',
  unit: 'messages',
  round() {
    const octets = new OctetArena(1 << 22);
    const writer = new OctetWriter(octets);
    const message = new SipMessage();
    const edits = new HeaderEdits();
    edits.decrementMaxForwards = true;
    const start = octets.start(octets.alloc(SAMPLE_OCTETS.length));
    const end = start + SAMPLE_OCTETS.copy(octets.buf, start);
    let written = 0;
    for (let i = 0; i < ROUND; i++) {
      const fault = parseSip(octets.buf, start, end, Framing.datagram, message);
      if (fault !== SipFault.none) throw new Error(`fault ${fault}`);
      writer.begin();
      writeStartLine(writer, message);
      writer.ascii('Via: SIP/2.0/UDP core.ims.example:5060;branch=z9hG4bK1\r\n');
      copyHeaders(writer, message, edits);
      endForwarded(writer, message, edits);
      written += writer.length;
      octets.release(writer.end());
    }
    if (written <= ROUND * SAMPLE_OCTETS.length) throw new Error('a header is missing');
    return ROUND;
  },
};

function repeated(name: string, one: () => number): Candidate {
  return {
    name,
    unit: 'messages',
    round() {
      for (let i = 0; i < PEER_ROUND; i++) {
        if (one() < SAMPLE_TEXT.length / 2) throw new Error(`${name}: octets are missing`);
      }
      return PEER_ROUND;
    },
  };
}

export const sipSerialise: readonly Candidate[] = [
  passOn,
  ...peer<SipJs>('sip', (sip) =>
    repeated('SIP parse and serialise, sip (npm)', () => {
      const message = sip.parse(SAMPLE_OCTETS.toString('latin1'));
      return sip.stringify(message).length;
    }),
  ),
  ...peer<JsSipParser>('jssip/lib/Parser', (jssip) =>
    repeated('SIP parse and serialise, jssip (npm)', () => {
      const message = jssip.parseMessage(SAMPLE_OCTETS.toString('latin1'), {});
      return message?.toString().length ?? 0;
    }),
  ),
];

/** A hundred SENDs of one message, as one read from a socket. */
function frames(): Buffer {
  const body = Buffer.alloc(CHUNK_OCTETS, 'b');
  return Buffer.concat(
    Array.from({ length: 100 }, (_, i) => {
      const tid = `t${String(i).padStart(10, '0')}`;
      const from = i * CHUNK_OCTETS;
      const head = `MSRP ${tid} SEND\r\nTo-Path: msrp://10.0.0.2:2855/ourSession0123456;tcp\r\nFrom-Path: msrp://10.16.0.1:9/theirSession01234;tcp\r\nMessage-ID: message.1\r\nByte-Range: ${from + 1}-${from + CHUNK_OCTETS}/${100 * CHUNK_OCTETS}\r\nContent-Type: text/plain\r\n\r\n`;
      return Buffer.concat([
        Buffer.from(head),
        body,
        Buffer.from(`\r\n-------${tid}${i === 99 ? '$' : '+'}\r\n`),
      ]);
    }),
  );
}

const FRAMES = frames();

const msrp: Candidate = {
  name: 'MSRP frames of 2 KiB',
  unit: 'frames',
  round() {
    const parser = new FrameParser();
    let ended = 0;
    for (let i = 0; i < 200; i++) {
      parser.feed(FRAMES, 0, FRAMES.length);
      for (let event = parser.next(); event !== FrameEvent.more; event = parser.next()) {
        if (event === FrameEvent.fault) throw new Error(`fault ${parser.fault}`);
        if (event === FrameEvent.end) ended++;
      }
    }
    if (ended !== 20_000) throw new Error(`only ${ended} frames`);
    return ended;
  },
};

const PARTS = 3;
const BODY = Buffer.from(
  `${Array.from({ length: PARTS }, (_, i) => `--b0undary\r\nContent-Type: text/plain\r\nContent-ID: <${i}>\r\n\r\n${'x'.repeat(300)}\r\n`).join('')}--b0undary--\r\n`,
);

const mime: Candidate = {
  name: 'MIME body of three parts',
  unit: 'bodies',
  round() {
    const multipart = new Multipart();
    let parts = 0;
    for (let i = 0; i < ROUND; i++) {
      if (!multipart.parse(BODY, 0, BODY.length, 'b0undary')) throw new Error(`fault ${multipart.fault}`);
      parts += multipart.count;
    }
    if (parts !== ROUND * PARTS) throw new Error('parts are missing');
    return ROUND;
  },
};

export const msrpFrames: readonly Candidate[] = [msrp];
export const mimeBodies: readonly Candidate[] = [mime];
