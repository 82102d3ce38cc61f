/**
 * What happens to each SIP header field of a message that is deferred: one table for the store and for both wrappers of the
 * push (rules section 4.7; change request 12.2.2.3 items 1, 1a, 2 and 3, and 12.2.2.5).
 *
 * Each header id has a class (`header-classes.ts`), each class one row of dispositions. The store keeps all but the charging,
 * network, identity and credential classes (S1, S1a, A3); message/sipfrag carries the P8 list and what describes the body
 * (A5, A6); message/sip also the unknown and the sender-chosen ones, with synthetic routing values (A1). Large Message Mode stores a
 * whitelist (S3, A4). Names match by id, that is after compact forms, case and folding were undone.
 *
 * Not modelled: header fields inside URIs (`?Subject=...`), which are part of a value and pass with it.
 */
import { assert } from '../../../sim/kernel/assert.js';
import { equalsText, lowerCase } from '../../wire/mime/octets.js';
import { CLASS_OF_ID, HeaderClass } from './header-classes.js';
import { idsOf, indispensable } from './named-headers.js';

/** What a column says about a class. */
export const Keep = {
  no: 0,
  yes: 1,
  /** Yes, unless the sender asked for anonymity (S2). */
  unlessAnonymous: 2,
  /** Not the stored value: the wrapper writes one of its own. */
  synthetic: 3,
  /** Yes if the message has a body. */
  ifBody: 4,
} as const;
export type Keep = (typeof Keep)[keyof typeof Keep];

const { no, yes, unlessAnonymous, synthetic, ifBody } = Keep;

/** One row for each class, in the order of {@link HeaderClass}: name, store, message/sip, message/sipfrag, LM whitelist. */
const CLASS_ROWS: readonly (readonly [name: string, store: Keep, sip: Keep, sipfrag: Keep, large: Keep])[] = [
  ['U', yes, yes, no, no],
  ['E', yes, yes, yes, yes],
  ['Eid', unlessAnonymous, unlessAnonymous, unlessAnonymous, unlessAnonymous],
  ['C', yes, yes, ifBody, no],
  ['Q', yes, yes, no, no],
  ['T', yes, synthetic, no, no],
  ['T2', yes, no, no, no],
  ['X', no, no, no, no],
  ['N', no, no, no, no],
  ['I', no, no, no, no],
  ['I2', unlessAnonymous, unlessAnonymous, no, no],
  ['A', no, no, no, no],
  ['L', yes, yes, no, no],
  ['D', yes, no, no, no],
  ['R', no, no, no, no],
  ['Ubad', no, no, no, no],
  ['Privacy', yes, yes, no, no],
];

/** Prefix of unregistered charging and routing names that one vendor family uses. */
const BAD_PREFIX = 'p-com.';

/** What an operator may set. */
export interface HeaderPolicyOptions {
  /** Further names never to be stored nor pushed (class Ubad), long or compact, any case; a whole family if it ends in `*`. */
  readonly neverStore?: readonly string[];
  /** A3: false stores class N as the literal text of S1 would, unless the sender asked for anonymity (N9); the push drops it all the
   *  same. Default true. */
  readonly dropNetwork?: boolean;
  /** A3: as `dropNetwork`, for class I. Default true. */
  readonly dropIdentityHints?: boolean;
  /** A3: as `dropNetwork`, for class A. Default true. */
  readonly dropCredentials?: boolean;
}

/** The columns of the table. */
export const Column = { store: 0, sip: 1, sipfrag: 2, large: 3 } as const;
export type Column = (typeof Column)[keyof typeof Column];

/** The table with an operator's options applied: what the store and the wrappers ask, line by line. */
export class HeaderPolicy {
  private readonly classes = Uint8Array.from(CLASS_OF_ID);
  /** By column, anonymity and class: 1 if the line's octets are kept. */
  private readonly kept = new Uint8Array(4 * 2 * CLASS_ROWS.length);
  private readonly extraNames: string[] = [];
  private readonly extraPrefixes: string[] = [BAD_PREFIX];

  constructor(options: HeaderPolicyOptions = {}) {
    for (const name of options.neverStore ?? []) this.addNever(name.trim().toLowerCase());
    for (let headerClass = 0; headerClass < CLASS_ROWS.length; headerClass++) {
      for (let column = 0; column < 4; column++) {
        let keep = CLASS_ROWS[headerClass][column + 1] as Keep;
        if (column === Column.store && literalStore(headerClass as HeaderClass, options))
          keep = unlessAnonymous;
        for (let anonymous = 0; anonymous < 2; anonymous++) {
          const stays = keep === yes || keep === ifBody || (keep === unlessAnonymous && anonymous === 0);
          this.kept[(column * 2 + anonymous) * CLASS_ROWS.length + headerClass] = stays ? 1 : 0;
        }
      }
    }
  }

  /** Class of the header line with this id, whose name is [nameStart, nameEnd) of `buf`. */
  classOf(id: number, buf: Buffer, nameStart: number, nameEnd: number): HeaderClass {
    if (id !== 0) return this.classes[id] as HeaderClass;
    return this.isExtra(buf, nameStart, nameEnd) ? HeaderClass.Ubad : HeaderClass.U;
  }

  /** True if lines of this class keep their octets in `column`. Class C counts as kept: ask for it only if there is a body. */
  keeps(column: Column, headerClass: HeaderClass, anonymous: boolean): boolean {
    return this.kept[(column * 2 + (anonymous ? 1 : 0)) * CLASS_ROWS.length + headerClass] === 1;
  }

  private addNever(name: string): void {
    assert(
      indispensable(name) === undefined,
      'a header field that a record needs cannot be one that is never stored',
    );
    const ids = idsOf(name);
    for (const id of ids) this.classes[id] = HeaderClass.Ubad;
    if (name.endsWith('*')) this.extraPrefixes.push(name.slice(0, -1));
    else if (name !== '' && ids.length === 0) this.extraNames.push(name);
  }

  private isExtra(buf: Buffer, start: number, end: number): boolean {
    for (const prefix of this.extraPrefixes) {
      if (lowerCase(buf[start]) !== prefix.charCodeAt(0)) continue;
      if (equalsText(buf, start, Math.min(end, start + prefix.length), prefix)) return true;
    }
    for (const name of this.extraNames) if (equalsText(buf, start, end, name)) return true;
    return false;
  }
}

/** A3: true if the options ask to store this class after all, as the literal text of S1 would. */
function literalStore(headerClass: HeaderClass, options: HeaderPolicyOptions): boolean {
  return (
    (headerClass === HeaderClass.N && options.dropNetwork === false) ||
    (headerClass === HeaderClass.I && options.dropIdentityHints === false) ||
    (headerClass === HeaderClass.A && options.dropCredentials === false)
  );
}
