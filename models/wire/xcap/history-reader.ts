/**
 * Reads the documents and elements of `history.ts`, strictly, into spans of the octets they came in.
 *
 *     reader.element(buf, start, end)                  one entry, the body of a PUT of a node
 *     reader.document(buf, start, end); while (reader.nextEntry()) ...; reader.fault
 *
 * The order of the fields is free, each may stand once. Not modelled: namespace prefixes; the namespace is the default one.
 */
import { XmlFault } from './faults.js';
import {
  ENTRY_ELEMENT,
  FIELD_NAMES,
  FIRST_PAGER_FIELD,
  HISTORY_FIELDS,
  HISTORY_NAMESPACE,
  HistoryField,
  LIST_ELEMENT,
  PAGER_ELEMENT,
  REFERENCE_ATTRIBUTE,
} from './history.js';
import { XmlCursor, XmlToken } from './xml-cursor.js';

export class HistoryReader {
  /** Character data of each field of the entry, as it stands in the XML; -1 if the field is absent. */
  readonly fieldStart = new Int32Array(HISTORY_FIELDS);
  readonly fieldEnd = new Int32Array(HISTORY_FIELDS);
  /** Octets of the whole element. */
  entryStart = 0;
  entryEnd = 0;
  private readonly cursor = new XmlCursor();
  private listOpen = false;

  get fault(): XmlFault {
    return this.cursor.fault;
  }

  get faultOffset(): number {
    return this.cursor.faultOffset;
  }

  get buf(): Buffer {
    return this.cursor.buf;
  }

  has(field: HistoryField): boolean {
    return this.fieldStart[field] >= 0;
  }

  /** Reads octets [start, end) as one entry and nothing else but space and comments around it; false with a fault. */
  element(buf: Buffer, start: number, end: number): boolean {
    const { cursor } = this;
    cursor.begin(buf, start, end);
    const token = this.skipSpace();
    if (token !== XmlToken.open) return this.refuse(XmlFault.notWellFormed);
    if (!cursor.named(ENTRY_ELEMENT)) {
      // Another element: find out first whether it is well-formed at all.
      this.balance();
      return this.refuse(XmlFault.schema);
    }
    return this.entry() && this.onlySpaceLeft();
  }

  /** Begins to read octets [start, end) as a document; false with a fault. */
  document(buf: Buffer, start: number, end: number): boolean {
    const { cursor } = this;
    cursor.begin(buf, start, end);
    this.listOpen = false;
    if (!cursor.declaration()) return false;
    if (this.skipSpace() !== XmlToken.open) return this.refuse(XmlFault.notWellFormed);
    if (!cursor.named(LIST_ELEMENT) || !this.namespaceIsOurs(true)) {
      this.balance();
      return this.refuse(XmlFault.schema);
    }
    this.listOpen = !cursor.empty;
    return this.listOpen || this.onlySpaceLeft();
  }

  /** Reads the next entry of the document; false at its end, or with a fault. */
  nextEntry(): boolean {
    const { cursor } = this;
    if (!this.listOpen || cursor.fault !== XmlFault.none) return false;
    const token = this.skipSpace();
    if (token === XmlToken.open)
      return cursor.named(ENTRY_ELEMENT) ? this.entry() : this.refuse(XmlFault.schema);
    if (token !== XmlToken.close)
      return this.refuse(token === XmlToken.text ? XmlFault.schema : XmlFault.notWellFormed);
    this.listOpen = false;
    if (!cursor.named(LIST_ELEMENT)) return this.refuse(XmlFault.notWellFormed);
    this.onlySpaceLeft();
    return false;
  }

  /** The rest of an entry whose open tag was read. */
  private entry(): boolean {
    const { cursor, fieldStart, fieldEnd } = this;
    this.entryStart = cursor.start - 1;
    fieldStart.fill(-1);
    if (!this.namespaceIsOurs(false)) return this.refuse(XmlFault.schema);
    for (let a = 0; a < cursor.attributes; a++) {
      if (!cursor.spells(cursor.nameStart[a], cursor.nameEnd[a], REFERENCE_ATTRIBUTE)) continue;
      fieldStart[HistoryField.reference] = cursor.valueStart[a];
      fieldEnd[HistoryField.reference] = cursor.valueEnd[a];
    }
    if (!this.has(HistoryField.reference)) return this.refuse(XmlFault.schema);
    if (!cursor.empty && !this.fields(HistoryField.size, FIRST_PAGER_FIELD, ENTRY_ELEMENT)) return false;
    this.entryEnd = cursor.at;
    return true;
  }

  /** Fields [first, last) and, outside of it, `pager`, up to the close tag of `parent`. */
  private fields(first: number, last: number, parent: string): boolean {
    const { cursor } = this;
    for (;;) {
      const token = this.skipSpace();
      if (token === XmlToken.close) return cursor.named(parent) || this.refuse(XmlFault.notWellFormed);
      if (token !== XmlToken.open)
        return this.refuse(token === XmlToken.text ? XmlFault.schema : XmlFault.notWellFormed);
      let field = first;
      while (field < last && !cursor.named(FIELD_NAMES[field])) field++;
      if (field < last) {
        if (!this.field(field)) return false;
      } else if (parent === ENTRY_ELEMENT && cursor.named(PAGER_ELEMENT)) {
        if (!cursor.empty && !this.fields(FIRST_PAGER_FIELD, HISTORY_FIELDS, PAGER_ELEMENT)) return false;
      } else return this.refuse(XmlFault.schema);
    }
  }

  /** The content of a field whose open tag was read: character data alone. */
  private field(field: number): boolean {
    const { cursor, fieldStart, fieldEnd } = this;
    if (fieldStart[field] >= 0 || cursor.attributes > 0) return this.refuse(XmlFault.schema);
    fieldStart[field] = fieldEnd[field] = cursor.at;
    if (cursor.empty) return true;
    let token = cursor.next();
    if (token === XmlToken.text) {
      fieldStart[field] = cursor.start;
      fieldEnd[field] = cursor.stop;
      const { at } = cursor;
      token = cursor.next();
      // A comment inside would split the text, which is kept as one span.
      if (token === XmlToken.text || (token === XmlToken.close && cursor.start !== at + 2)) {
        return this.refuse(XmlFault.schema);
      }
    }
    if (token === XmlToken.open) return this.refuse(XmlFault.schema);
    if (token !== XmlToken.close || !cursor.named(FIELD_NAMES[field]))
      return this.refuse(XmlFault.notWellFormed);
    return true;
  }

  /** The tag just read is in our namespace: by its own default declaration, or, if it need not declare one, without. */
  private namespaceIsOurs(needed: boolean): boolean {
    const { cursor } = this;
    for (let a = 0; a < cursor.attributes; a++) {
      if (cursor.spells(cursor.nameStart[a], cursor.nameEnd[a], 'xmlns')) {
        return cursor.spells(cursor.valueStart[a], cursor.valueEnd[a], HISTORY_NAMESPACE);
      }
    }
    return !needed;
  }

  /** The next token that is not white space. */
  private skipSpace(): XmlToken {
    const { cursor } = this;
    let token = cursor.next();
    while (token === XmlToken.text && cursor.isSpace()) token = cursor.next();
    return token;
  }

  private onlySpaceLeft(): boolean {
    return this.skipSpace() === XmlToken.end || this.refuse(XmlFault.notWellFormed);
  }

  /** Reads on to the end of an element that is not ours, to tell bad XML from another schema. Names are not compared. */
  private balance(): void {
    const { cursor } = this;
    let depth = cursor.empty ? 0 : 1;
    while (depth > 0) {
      const token = cursor.next();
      if (token === XmlToken.open) depth += cursor.empty ? 0 : 1;
      else if (token === XmlToken.close) depth--;
      else if (token !== XmlToken.text) {
        this.refuse(XmlFault.notWellFormed);
        return;
      }
    }
  }

  private refuse(fault: XmlFault): false {
    this.cursor.fail(fault);
    return false;
  }
}
