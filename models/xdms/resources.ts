/**
 * What an XCAP server does with a request (RFC 4825 section 8), for the one application usage that this one knows.
 *
 * Order of checks: target and application usage (404), authorization (403), method (405), parent (409), entity tags (412),
 * media type (415), content (409). Authorization policy of the usage: the IM Server reads and changes every list, a user reads
 * her own; deleting goes through the IM Server, whose metadata these are. Who asks is told by the source address.
 *
 * Not modelled: HTTP Digest and TLS (section 8 asks for both; the network is trusted here), `xcap-caps`, namespace bindings as a
 * resource, PUT and DELETE of parts of an entry or in the middle of a list (409, constraint-failure).
 */
import type { Octets } from '../../sim/host/ports.js';
import { DOMAIN, isImServerIp, userOfUserPart } from '../addressing.js';
import { HttpHeader, HttpMethod, type HttpMessage } from '../wire/http/message.js';
import { beginLength, endLength, writeLengthAndEnd } from '../wire/http/write.js';
import { XcapFault, XmlFault, statusOfXcapFault } from '../wire/xcap/faults.js';
import {
  ATTRIBUTE_TYPE,
  DEFERRED_LIST_AUID,
  DEFERRED_LIST_DOCUMENT,
  DEFERRED_LIST_TYPE,
  ELEMENT_TYPE,
  ENTRY_ELEMENT,
  HISTORY_NAMESPACE,
  HistoryField,
  LIST_ELEMENT,
  REFERENCE_ATTRIBUTE,
} from '../wire/xcap/history.js';
import { HistoryReader } from '../wire/xcap/history-reader.js';
import { XcapTarget } from '../wire/xcap/target.js';
import { Terminal } from '../wire/xcap/terminal.js';
import { hasReference, writeEscaped, writeUnescaped } from '../wire/xcap/xml-text.js';
import type { OctetWriter } from '../wire/octet-writer.js';
import { Condition, conditionOf } from './conditions.js';
import type { XdmsConfig } from './config.js';
import { EntryRecord, fieldsFit } from './entry-record.js';
import type { ListStore } from './list-store.js';
import { Node, NodeSelection } from './node-selector.js';
import type { ReplyWriter } from './reply.js';

const ALLOW = 'Allow: GET, HEAD, PUT, DELETE, OPTIONS\r\n';
const ALLOW_GET = 'Allow: GET, HEAD\r\n';
const LIST_HEAD = `<?xml version="1.0" encoding="UTF-8"?><history-list xmlns="${HISTORY_NAMESPACE}">`;
const ROOT_HEAD = `<history-list xmlns="${HISTORY_NAMESPACE}">`;
const LIST_END = '</history-list>';
const SIP = 'sip:';
/** Which value must be unique: the schema of a conflict report wants to be told (section 11.2). */
const NOT_UNIQUE = `<exists field="${LIST_ELEMENT}/${ENTRY_ELEMENT}/@${REFERENCE_ATTRIBUTE}"/>`;

export class Resources {
  private readonly target = new XcapTarget();
  private readonly selection = new NodeSelection();
  private readonly reader = new HistoryReader();
  private readonly record = new EntryRecord();
  /** The user whose list the last request was about; -1 if it named none. */
  user = -1;

  /** `w` is the writer of the arena's scratch region, `reply` another one. */
  constructor(
    private readonly config: XdmsConfig,
    private readonly octets: Octets,
    private readonly store: ListStore,
    private readonly w: OctetWriter,
    private readonly reply: ReplyWriter,
  ) {}

  /** Carries out `request`, which came from address `fromIp`, and appends its reply. Gives the status. */
  handle(request: HttpMessage, fromIp: number): number {
    const { target, config } = this;
    this.user = -1;
    const fault = target.parse(request.buf, request.targetStart, request.targetEnd);
    if (fault !== XcapFault.none) return this.refuse(statusOfXcapFault(fault));
    if (!target.spells(target.auidStart, target.auidEnd, DEFERRED_LIST_AUID) || !target.users)
      return this.refuse(404);
    if (!target.spells(target.documentStart, target.documentEnd, DEFERRED_LIST_DOCUMENT))
      return this.refuse(404);
    this.user = this.userOf(target);
    if (this.user < 0) return this.refuse(404);
    const { method } = request;
    if (method === HttpMethod.other) return this.refuse(501);
    const change = method === HttpMethod.put || method === HttpMethod.delete;
    const reads = method === HttpMethod.get || method === HttpMethod.head;
    if (method === HttpMethod.options) return this.refuse(200, ALLOW);
    if (!change && !reads) return this.refuse(405, ALLOW);
    if (!isImServerIp(fromIp, config.imServers) && (change || fromIp !== config.firstClientIp + this.user))
      return this.refuse(403);
    if (target.hasNode) this.selection.select(target, this.store.table, this.user);
    if (reads) return this.get(request);
    if (method === HttpMethod.put) return target.hasNode ? this.putNode(request) : this.putDocument(request);
    return this.delete(request);
  }

  /** The user of the XUI, which is her address of record (section 6.2); -1 if there is none. */
  private userOf(target: XcapTarget): number {
    const { decoded, xuiStart, xuiEnd } = target;
    const at = xuiEnd - DOMAIN.length - 1;
    if (at <= xuiStart + SIP.length || decoded[at] !== 0x40) return -1;
    if (!target.spells(xuiStart, xuiStart + SIP.length, SIP) || !target.spells(at + 1, xuiEnd, DOMAIN))
      return -1;
    const user = userOfUserPart(decoded, xuiStart + SIP.length, at);
    return user < this.config.subscribers ? user : -1;
  }

  private get change(): number {
    return this.store.table.change[this.user];
  }

  private refuse(status: number, headers = ''): number {
    this.reply.plain(status, 0, headers);
    return status;
  }

  private conflict(element: string, content = ''): number {
    this.reply.conflict(element, content);
    return 409;
  }

  /** True if there is what is selected: the entry, and of a field the entry that has it. */
  private isThere(): boolean {
    const { record } = this;
    const { node, row, field } = this.selection;
    if (node === Node.entry) return row !== 0;
    if (node !== Node.field) return node !== Node.none;
    const { table } = this.store;
    record.read(this.octets, table.block[row], table.length[row]);
    return record.has(field);
  }

  // ---- GET (section 8.3), and HEAD, which is all of GET but its body (RFC 9110 section 9.3.2) ----

  private get(request: HttpMessage): number {
    const { selection, target, store, user, reply } = this;
    if (!store.exists(user)) return this.refuse(404);
    if (target.hasNode && (!this.isThere() || selection.node === Node.namespaces)) return this.refuse(404);
    const condition = conditionOf(request, this.change);
    if (condition !== Condition.go) {
      const status = condition === Condition.notModified ? 304 : 412;
      reply.plain(status, this.change);
      return status;
    }
    if (request.method === HttpMethod.head) {
      reply.headOnly(this.change, `Content-Type: ${this.typeOfSelected()}\r\n`);
    } else if (!target.hasNode) this.getList(LIST_HEAD, DEFERRED_LIST_TYPE);
    else if (selection.node === Node.list) this.getList(ROOT_HEAD, ELEMENT_TYPE);
    else this.getPart();
    return 200;
  }

  private typeOfSelected(): string {
    if (!this.target.hasNode) return DEFERRED_LIST_TYPE;
    return this.selection.node === Node.reference ? ATTRIBUTE_TYPE : ELEMENT_TYPE;
  }

  private getList(head: string, type: string): void {
    const { store, user, reply, record, octets } = this;
    const { table } = store;
    const { w } = reply;
    let length = head.length + LIST_END.length;
    for (let row = table.first(user); row !== 0; row = table.after(row)) {
      record.read(octets, table.block[row], table.length[row]);
      length += record.elementOctets();
    }
    reply.head(200, this.change, `Content-Type: ${type}\r\n`);
    writeLengthAndEnd(w, length);
    w.ascii(head);
    for (let row = table.first(user); row !== 0; row = table.after(row)) {
      // Cutting a piece may replace the arena, so the record is read after it.
      reply.breathe();
      record.read(octets, table.block[row], table.length[row]);
      record.writeElement(w);
    }
    w.ascii(LIST_END);
    reply.breathe();
  }

  private getPart(): void {
    const { selection, store, reply, record } = this;
    const { w } = reply;
    const { table } = store;
    record.read(this.octets, table.block[selection.row], table.length[selection.row]);
    reply.head(200, this.change, `Content-Type: ${this.typeOfSelected()}\r\n`);
    const room = beginLength(w);
    w.crlf();
    const from = w.length;
    if (selection.node === Node.entry) record.writeElement(w);
    else if (selection.node === Node.pager) record.writePager(w);
    else if (selection.node === Node.field) record.writeField(w, selection.field);
    else
      writeEscaped(w, record.buf, record.start[HistoryField.reference], record.end[HistoryField.reference]);
    endLength(w, room, from);
    reply.breathe();
  }

  // ---- PUT (section 8.2) ----

  private putDocument(request: HttpMessage): number {
    const { store, user, reader } = this;
    const existed = store.exists(user);
    if (conditionOf(request, this.change) !== Condition.go) return this.refuse(412);
    if (!request.valueIs(HttpHeader.contentType, DEFERRED_LIST_TYPE)) return this.refuse(415);
    const references = new Set<string>();
    let entries = 0;
    let fit = true;
    reader.document(request.buf, request.bodyStart, request.bodyEnd);
    while (reader.nextEntry()) {
      references.add(this.referenceText());
      entries++;
      fit &&= fieldsFit(reader);
    }
    if (reader.fault !== XmlFault.none) return this.badXml('not-well-formed');
    if (references.size < entries) return this.conflict('uniqueness-failure', NOT_UNIQUE);
    if (!fit) return this.conflict('constraint-failure');
    if (existed) store.emptyDocument(user);
    else store.createDocument(user);
    reader.document(request.buf, request.bodyStart, request.bodyEnd);
    while (reader.nextEntry()) store.put(user, 0, reader);
    this.reply.plain(existed ? 200 : 201, this.change);
    return existed ? 200 : 201;
  }

  private putNode(request: HttpMessage): number {
    const { store, user, reader, selection, target } = this;
    if (target.terminal === Terminal.namespaces) return this.refuse(405, ALLOW_GET);
    if (!store.exists(user)) return this.conflict('no-parent');
    // An element is put into a document, whose tag counts: If-None-Match: * always fails (section 8.2.6).
    if (conditionOf(request, this.change) !== Condition.go) return this.refuse(412);
    if (selection.node !== Node.entry) return this.conflict(this.whyNotPut());
    if (!request.valueIs(HttpHeader.contentType, ELEMENT_TYPE)) return this.refuse(415);
    if (!reader.element(request.buf, request.bodyStart, request.bodyEnd)) return this.badXml('not-xml-frag');
    const { table } = store;
    const { row, position } = selection;
    const there = this.rowOfReference();
    if (target.attributeEnd[1] > target.attributeStart[1]) {
      // GET(PUT(x)) == x: the entry must be the one that the selector names (section 7.4).
      if (!this.referenceIs(target.decoded, target.valueStart[1], target.valueEnd[1]))
        return this.conflict('cannot-insert');
      if (row === 0 && there !== 0) return this.conflict('cannot-insert');
    } else if (there !== row && there !== 0) return this.conflict('uniqueness-failure', NOT_UNIQUE);
    if (row !== 0 && there === 0) {
      // Another reference in the place of an entry: the key of an entry does not change.
      return this.conflict('constraint-failure');
    }
    if (row === 0 && position > table.count(user) + 1) return this.conflict('cannot-insert');
    if (row === 0 && position > 0 && position <= table.count(user))
      return this.conflict('constraint-failure');
    if (!store.put(user, row, reader)) return this.conflict('constraint-failure');
    const status = row === 0 ? 201 : 200;
    this.reply.plain(status, this.change);
    return status;
  }

  /** Why nothing can be put where the selector says: there is no parent (section 8.2.1), several would be selected, or it is not modelled. */
  private whyNotPut(): string {
    const { selection, target, store, user } = this;
    if (selection.node !== Node.none) return 'constraint-failure';
    const { isAmbiguous } = selection;
    if (selection.selectParent(target, store.table, user) && !this.isThere()) return 'no-parent';
    return isAmbiguous ? 'cannot-insert' : 'constraint-failure';
  }

  private badXml(otherwise: string): number {
    const { fault } = this.reader;
    if (fault === XmlFault.notUtf8) return this.conflict('not-utf-8');
    return this.conflict(fault === XmlFault.schema ? 'schema-validation-error' : otherwise);
  }

  /** Row of the entry whose reference the reader has; 0 if there is none. */
  private rowOfReference(): number {
    const { reader, w, store, user } = this;
    w.begin();
    const { reference } = HistoryField;
    writeUnescaped(w, reader.buf, reader.fieldStart[reference], reader.fieldEnd[reference]);
    const row = store.table.find(user, w.buffer, w.startAt, w.startAt + w.length);
    w.discard();
    return row;
  }

  /** True if the reference that the reader has is octets [start, end) of `buf`. */
  private referenceIs(buf: Buffer, start: number, end: number): boolean {
    const { reader } = this;
    const from = reader.fieldStart[HistoryField.reference];
    const to = reader.fieldEnd[HistoryField.reference];
    // It may be spelt in several ways, and the selector is read already.
    if (hasReference(reader.buf, from, to)) return this.referenceText() === buf.utf8Slice(start, end);
    let same = to - from === end - start;
    for (let i = 0; same && i < to - from; i++) same = reader.buf[from + i] === buf[start + i];
    return same;
  }

  private referenceText(): string {
    const { reader, w } = this;
    w.begin();
    const { reference } = HistoryField;
    writeUnescaped(w, reader.buf, reader.fieldStart[reference], reader.fieldEnd[reference]);
    const text = w.buffer.utf8Slice(w.startAt, w.startAt + w.length);
    w.discard();
    return text;
  }

  // ---- DELETE (section 8.4) ----

  private delete(request: HttpMessage): number {
    const { store, user, selection, target } = this;
    if (target.hasNode && target.terminal === Terminal.namespaces) return this.refuse(405, ALLOW_GET);
    if (!store.exists(user)) return this.refuse(404);
    const { node, row } = selection;
    if (target.hasNode && !this.isThere()) return this.refuse(404);
    if (conditionOf(request, this.change) !== Condition.go) return this.refuse(412);
    if (!target.hasNode) {
      store.deleteDocument(user);
      return this.refuse(200);
    }
    if (node !== Node.entry) return this.conflict('constraint-failure');
    // Afterwards the selector must select nothing, so a position alone may name the last one only (section 7.5).
    const byPosition = selection.position > 0 && target.attributeEnd[1] === target.attributeStart[1];
    if (byPosition && selection.position < store.table.count(user)) return this.conflict('cannot-delete');
    store.remove(row);
    this.reply.plain(200, this.change);
    return 200;
  }
}
