/**
 * What a node selector selects in a deferred list (RFC 4825 section 6.3). The tree has a fixed shape (`history.ts`), so the
 * steps are matched against it directly.
 */
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
} from '../wire/xcap/history.js';
import type { XcapTarget } from '../wire/xcap/target.js';
import { Terminal } from '../wire/xcap/terminal.js';
import type { ListTable } from './list-table.js';

/** What was selected. */
export const Node = {
  /** Nothing, or more than one. */
  none: 0,
  list: 1,
  /** One entry, or the place of one that is not there: see {@link NodeSelection.row}. */
  entry: 2,
  pager: 3,
  field: 4,
  reference: 5,
  namespaces: 6,
} as const;
export type Node = (typeof Node)[keyof typeof Node];

/** Reused for each request. */
export class NodeSelection {
  node: Node = Node.none;
  /** The entry; 0 if the selector names one that is not there. */
  row = 0;
  field: HistoryField = HistoryField.reference;
  /** The selector goes by the reference alone, without a position. */
  byReference = false;
  /** Position it asks for; 0 is none. */
  position = 0;
  /** It fits several entries, and so selects none. */
  isAmbiguous = false;
  private steps = 0;

  /** Evaluates `target`, which has a node selector, in the list of `user`. */
  select(target: XcapTarget, table: ListTable, user: number): void {
    this.evaluate(target, target.steps, target.terminal, table, user);
  }

  /** Evaluates what stands before the last step of `target`: the parent of what it names (section 8.2.1). False if that is the document. */
  selectParent(target: XcapTarget, table: ListTable, user: number): boolean {
    const steps = target.terminal === Terminal.element ? target.steps - 1 : target.steps;
    if (steps === 0) return false;
    this.evaluate(target, steps, Terminal.element, table, user);
    return true;
  }

  private evaluate(
    target: XcapTarget,
    steps: number,
    terminal: Terminal,
    table: ListTable,
    user: number,
  ): void {
    this.node = Node.none;
    this.row = 0;
    this.isAmbiguous = false;
    this.steps = steps;
    if (!isNamed(target, 0, LIST_ELEMENT) || target.position[0] > 1 || hasTest(target, 0)) return;
    if (steps === 1) {
      if (terminal === Terminal.element) this.node = Node.list;
      else if (terminal === Terminal.namespaces) this.node = Node.namespaces;
      return;
    }
    if (!isNamed(target, 1, ENTRY_ELEMENT) || !this.entry(target, table, user)) return;
    if (steps === 2 && terminal === Terminal.element) {
      this.node = Node.entry;
      return;
    }
    if (this.row === 0) return;
    if (terminal === Terminal.namespaces) this.node = Node.namespaces;
    else if (steps === 2) {
      const isReference = target.spells(target.terminalStart, target.terminalEnd, REFERENCE_ATTRIBUTE);
      this.node = isReference ? Node.reference : Node.none;
    } else if (terminal === Terminal.element) this.inside(target);
  }

  /** Finds the entry of step 1; false if the step can never select one. */
  private entry(target: XcapTarget, table: ListTable, user: number): boolean {
    const position = target.position[1];
    this.position = position;
    this.byReference = false;
    if (hasTest(target, 1)) {
      const { attributeStart, attributeEnd, valueStart, valueEnd } = target;
      if (!target.spells(attributeStart[1], attributeEnd[1], REFERENCE_ATTRIBUTE)) return false;
      const row = table.find(user, target.decoded, valueStart[1], valueEnd[1]);
      this.byReference = position === 0;
      this.row = row !== 0 && position > 0 && nth(table, user, position) !== row ? 0 : row;
      return true;
    }
    if (position > 0) {
      this.row = nth(table, user, position);
      return true;
    }
    this.row = table.count(user) === 1 ? table.first(user) : 0;
    this.isAmbiguous = table.count(user) > 1;
    return !this.isAmbiguous;
  }

  /** Steps below an entry: its fields, `pager` and the fields in there. */
  private inside(target: XcapTarget): void {
    const { steps } = this;
    if (steps > 4) return;
    for (let s = 2; s < steps; s++) if (target.position[s] > 1 || hasTest(target, s)) return;
    if (isNamed(target, 2, PAGER_ELEMENT) && isSpelt(target, 2)) {
      if (steps === 3) this.node = Node.pager;
      else this.named(target, 3, FIRST_PAGER_FIELD, HISTORY_FIELDS);
    } else if (steps === 3) this.named(target, 2, HistoryField.size, FIRST_PAGER_FIELD);
  }

  private named(target: XcapTarget, step: number, first: number, last: number): void {
    for (let field = first; field < last; field++) {
      if (!isSpelt(target, step) || !isNamed(target, step, FIELD_NAMES[field])) continue;
      this.node = Node.field;
      this.field = field as HistoryField;
    }
  }
}

function nth(table: ListTable, user: number, position: number): number {
  let row = position > table.count(user) ? 0 : table.first(user);
  for (let i = 1; row !== 0 && i < position; i++) row = table.after(row);
  return row;
}

/** The step has a name, no wildcard. */
function isSpelt(target: XcapTarget, step: number): boolean {
  return target.nameEnd[step] > target.nameStart[step];
}

function isNamed(target: XcapTarget, step: number, name: string): boolean {
  const { namespaceStart, namespaceEnd, nameStart, nameEnd } = target;
  if (!isSpelt(target, step)) return true;
  if (!target.spells(nameStart[step], nameEnd[step], name)) return false;
  if (namespaceEnd[step] === namespaceStart[step]) return true;
  return target.spells(namespaceStart[step], namespaceEnd[step], HISTORY_NAMESPACE);
}

function hasTest(target: XcapTarget, step: number): boolean {
  return target.attributeEnd[step] > target.attributeStart[step];
}
