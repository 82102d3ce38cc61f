/**
 * One entry of a deferred list at rest: its fields without any markup. XML exists only at the wire.
 *
 *     0  u8   version (1)      4  u32  user
 *     8  for each field: u8 field, u16 octets, little-endian; then the octets. The reference comes first.
 */
import type { Octets } from '../../sim/host/ports.js';
import type { OctetWriter } from '../wire/octet-writer.js';
import {
  ENTRY_ELEMENT,
  FIELD_NAMES,
  FIRST_PAGER_FIELD,
  HISTORY_FIELDS,
  HistoryField,
  PAGER_ELEMENT,
} from '../wire/xcap/history.js';
import type { HistoryReader } from '../wire/xcap/history-reader.js';
import { escapedOctets, hasReference, writeEscaped, writeUnescaped } from '../wire/xcap/xml-text.js';
import { XDMS_LIMITS } from './config.js';

const VERSION = 1;
const HEAD_OCTETS = 8;
const FIELD_HEAD_OCTETS = 3;
/** Where the octets of the reference begin in a record. */
export const REFERENCE_AT = HEAD_OCTETS + FIELD_HEAD_OCTETS;

/** True if no field of the entry that `reader` read is too long for a record. */
export function fieldsFit({ fieldStart, fieldEnd }: HistoryReader): boolean {
  for (let field = 0; field < HISTORY_FIELDS; field++) {
    if (fieldStart[field] >= 0 && fieldEnd[field] - fieldStart[field] > XDMS_LIMITS.fieldOctets) return false;
  }
  return true;
}

/** Writes the record of the entry that `reader` read. False if a field is too long; the writer is open either way. */
export function writeRecord(w: OctetWriter, user: number, reader: HistoryReader): boolean {
  if (!fieldsFit(reader)) return false;
  w.octet(VERSION).octet(0).octet(0).octet(0);
  w.octet(user & 255)
    .octet((user >>> 8) & 255)
    .octet((user >>> 16) & 255)
    .octet(user >>> 24);
  const { buf, fieldStart, fieldEnd } = reader;
  for (let field = 0; field < HISTORY_FIELDS; field++) {
    const start = fieldStart[field];
    if (start < 0) continue;
    const end = fieldEnd[field];
    w.octet(field).octet(0).octet(0);
    const from = w.length;
    if (hasReference(buf, start, end)) writeUnescaped(w, buf, start, end);
    else w.span(buf, start, end);
    const octets = w.length - from;
    const at = w.startAt + from;
    w.buffer[at - 2] = octets & 255;
    w.buffer[at - 1] = octets >>> 8;
  }
  return true;
}

/** A record as spans of the arena. Reuse one object. */
export class EntryRecord {
  buf: Buffer = Buffer.alloc(0);
  user = 0;
  /** -1 where the field is absent. */
  readonly start = new Int32Array(HISTORY_FIELDS);
  readonly end = new Int32Array(HISTORY_FIELDS);

  read(octets: Octets, block: number, length: number): void {
    const { buf } = octets;
    const first = octets.start(block);
    this.buf = buf;
    this.user =
      buf[first + 4] + buf[first + 5] * 0x100 + buf[first + 6] * 0x10000 + buf[first + 7] * 0x1000000;
    this.start.fill(-1);
    for (let at = first + HEAD_OCTETS; at < first + length;) {
      const field = buf[at];
      const from = at + FIELD_HEAD_OCTETS;
      at = from + buf[at + 1] + buf[at + 2] * 256;
      this.start[field] = from;
      this.end[field] = at;
    }
  }

  has(field: HistoryField): boolean {
    return this.start[field] >= 0;
  }

  /** Appends the whole element. `elementOctets` tells its size beforehand. */
  writeElement(w: OctetWriter): void {
    w.ascii('<history history-reference="');
    writeEscaped(w, this.buf, this.start[HistoryField.reference], this.end[HistoryField.reference]);
    w.ascii('">');
    for (let field: number = HistoryField.size; field < FIRST_PAGER_FIELD; field++) this.writeField(w, field);
    this.writePager(w);
    w.ascii('</').ascii(ENTRY_ELEMENT).octet(62);
  }

  writePager(w: OctetWriter): void {
    w.octet(60).ascii(PAGER_ELEMENT).octet(62);
    for (let field: number = FIRST_PAGER_FIELD; field < HISTORY_FIELDS; field++) this.writeField(w, field);
    w.ascii('</').ascii(PAGER_ELEMENT).octet(62);
  }

  writeField(w: OctetWriter, field: number): void {
    if (this.start[field] < 0) return;
    w.octet(60).ascii(FIELD_NAMES[field]).octet(62);
    writeEscaped(w, this.buf, this.start[field], this.end[field]);
    w.ascii('</').ascii(FIELD_NAMES[field]).octet(62);
  }

  elementOctets(): number {
    const { start, end, buf } = this;
    // <history history-reference=""></history> and <pager></pager>
    let octets = 40 + 15 + escapedOctets(buf, start[HistoryField.reference], end[HistoryField.reference]);
    for (let field: number = HistoryField.size; field < HISTORY_FIELDS; field++) {
      if (start[field] < 0) continue;
      octets += FIELD_NAMES[field].length * 2 + 5 + escapedOctets(buf, start[field], end[field]);
    }
    return octets;
  }
}
