import { describe, expect, it } from 'vitest';
import { HEADER_IDS, HEADER_NAMES, Header } from '../../wire/sip/head/header-names.js';
import { HeaderClass, classOfHeader } from './header-classes.js';
import { Column, HeaderPolicy } from './header-policy.js';
import { indispensable } from './named-headers.js';

/** Rules section 4.7 once more, in words: class, names, then store, message/sip, message/sipfrag, LM for a known sender. */
const SPEC: readonly (readonly [keyof typeof HeaderClass, string, string])[] = [
  ['E', 'From, To, Date, Subject, Priority, Call-ID', 'yyyy'],
  ['Eid', 'P-Asserted-Identity', 'yyyy'],
  [
    'C',
    'Content-Type, Content-Length, Content-Encoding, Content-Disposition, Content-Language, Content-ID, MIME-Version',
    'yyyn',
  ],
  ['Q', 'CSeq', 'yynn'],
  ['T', 'Via, Max-Forwards', 'ynnn'],
  [
    'T2',
    'Route, Record-Route, Path, Service-Route, Max-Breadth, Proxy-Require, Flow-Timer, Timestamp, Hide, Response-Key, Encryption',
    'ynnn',
  ],
  [
    'X',
    'P-Charging-Vector, P-Charging-Function-Addresses, P-Charge-Info, P-DCS-Billing-Info, Relayed-Charge',
    'nnnn',
  ],
  [
    'N',
    'P-Access-Network-Info, P-Visited-Network-ID, P-Served-User, P-User-Database, P-Profile-Key, P-Private-Network-Indication, P-Asserted-Service, P-Called-Party-ID, P-Associated-URI, P-Early-Media, P-Media-Authorization, P-Answer-State, P-DCS-Trace-Party-ID, P-DCS-OSPS, P-DCS-LAES, P-DCS-Redirect, P-Refused-URI-List, History-Info, Resource-Priority, Accept-Resource-Priority, Feature-Caps, Restoration-Info, Service-Interact-Info, Cellular-Network-Info, Response-Source, Attestation-Info, Origination-Id, Additional-Identity, Priority-Verstat, Priority-Share, Resource-Share, DC-Info, Geolocation-Routing',
    'nnnn',
  ],
  ['I', 'P-Preferred-Identity, P-Preferred-Service', 'nnnn'],
  [
    'I2',
    'Reply-To, Referred-By, Organization, Call-Info, In-Reply-To, User-Agent, Geolocation, User-to-User, Reason',
    'yynn',
  ],
  ['Privacy', 'Privacy', 'yynn'],
  [
    'A',
    'Authorization, Proxy-Authorization, Security-Client, Security-Server, Security-Verify, Identity, Identity-Info',
    'nnnn',
  ],
  ['L', 'Expires', 'yynn'],
  [
    'D',
    'Contact, Allow, Supported, Require, Session-Expires, Min-SE, RAck, Replaces, Join, Target-Dialog, Refer-To, Refer-Sub, Refer-Events-At, Accept-Contact, Reject-Contact, Request-Disposition, Answer-Mode, Priv-Answer-Mode, Alert-Info, Event, Allow-Events, Subscription-State, SIP-If-Match, Suppress-If-Match, Info-Package, Recv-Info, Accept, Accept-Encoding, Accept-Language, Trigger-Consent, Policy-ID, Session-ID',
    'ynnn',
  ],
  [
    'R',
    'WWW-Authenticate, Proxy-Authenticate, Authentication-Info, Retry-After, Warning, Error-Info, Server, Unsupported, RSeq, Min-Expires, SIP-ETag, Geolocation-Error, AlertMsg-Error, Permission-Missing, Policy-Contact, Reason-Phrase',
    'nnnn',
  ],
  ['Ubad', 'Remote-Party-ID, Diversion', 'nnnn'],
];

const columns = [Column.store, Column.sip, Column.sipfrag, Column.large];

describe('header policy (rules 4.7)', () => {
  it('puts each header field of the registry into the class and columns that the rules say', () => {
    const policy = new HeaderPolicy();
    const seen = new Set<string>();
    for (const [className, names, kept] of SPEC) {
      for (const name of names.split(', ')) {
        const id = HEADER_NAMES.indexOf(name);
        expect(id, name).toBeGreaterThan(0);
        seen.add(name);
        expect(classOfHeader(id as Header), name).toBe(HeaderClass[className]);
        const actual = columns.map((column) =>
          policy.keeps(column, HeaderClass[className], false) ? 'y' : 'n',
        );
        expect(actual.join(''), name).toBe(kept);
      }
    }
    expect(seen.size).toBe(HEADER_IDS - 1);
  });

  it('S2: anonymity takes P-Asserted-Identity and sender-chosen identity out of every column, not Privacy', () => {
    const policy = new HeaderPolicy();
    for (const column of columns) {
      expect(policy.keeps(column, HeaderClass.Eid, true)).toBe(false);
      expect(policy.keeps(column, HeaderClass.I2, true)).toBe(false);
      expect(policy.keeps(column, HeaderClass.E, true)).toBe(true);
    }
    expect(policy.keeps(Column.store, HeaderClass.Privacy, true)).toBe(true);
  });

  it('A3: classes N, I and A can be stored literally, class X never, and none is ever pushed', () => {
    const policy = new HeaderPolicy({ dropNetwork: false, dropIdentityHints: false, dropCredentials: false });
    for (const headerClass of [HeaderClass.N, HeaderClass.I, HeaderClass.A]) {
      expect(policy.keeps(Column.store, headerClass, false)).toBe(true);
      // N9: an anonymous sender's hints and history would tell who she is.
      expect(policy.keeps(Column.store, headerClass, true)).toBe(false);
      for (const column of columns.slice(1)) expect(policy.keeps(column, headerClass, false)).toBe(false);
    }
    expect(policy.keeps(Column.store, HeaderClass.X, false)).toBe(false);
  });

  it('A3: each of the three classes has a switch of its own', () => {
    const own = [
      [HeaderClass.N, { dropNetwork: false }],
      [HeaderClass.I, { dropIdentityHints: false }],
      [HeaderClass.A, { dropCredentials: false }],
    ] as const;
    for (const [headerClass, options] of own) {
      const policy = new HeaderPolicy(options);
      const stored = own.map(([one]) => one).filter((one) => policy.keeps(Column.store, one, false));
      expect(stored).toEqual([headerClass]);
    }
  });

  it("an operator's names match long, compact, in any case, and by prefix", () => {
    const policy = new HeaderPolicy({ neverStore: ['K', 'X-Bill', 'P-Op-*'] });
    const classOf = (name: string): HeaderClass => {
      const buf = Buffer.from(name);
      return policy.classOf(Header.unknown, buf, 0, buf.length);
    };
    expect(policy.classOf(Header.supported, Buffer.alloc(0), 0, 0)).toBe(HeaderClass.Ubad);
    expect(classOf('x-BILL')).toBe(HeaderClass.Ubad);
    expect(classOf('x-Bills')).toBe(HeaderClass.U);
    expect(classOf('p-op-Anything')).toBe(HeaderClass.Ubad);
    expect(classOf('P-Op')).toBe(HeaderClass.U);
    expect(classOf('P-Com.Thing')).toBe(HeaderClass.Ubad);
    expect(classOf('Conversation-ID')).toBe(HeaderClass.U);
  });

  it('a family of names takes those of the registry with it, and a record keeps what it needs', () => {
    const policy = new HeaderPolicy({ neverStore: ['Refer-*'] });
    for (const id of [Header.referTo, Header.referSub, Header.referEventsAt])
      expect(policy.classOf(id, Buffer.alloc(0), 0, 0)).toBe(HeaderClass.Ubad);
    expect(policy.classOf(Header.referredBy, Buffer.alloc(0), 0, 0)).toBe(HeaderClass.I2);
    expect(indispensable('Refer-*')).toBeUndefined();
    expect(indispensable('X-Op')).toBeUndefined();
    expect(indispensable('s')).toBe('Subject');
    expect(indispensable('content-t*')).toBe('Content-Type');
    expect(indispensable('P-*')).toBe('P-Asserted-Identity');
    expect(indispensable('*')).toBeDefined();
    expect(() => new HeaderPolicy({ neverStore: ['Via'] })).toThrow();
  });
});
