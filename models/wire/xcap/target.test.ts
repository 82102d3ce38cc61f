/** Document and node selectors: RFC 4825 sections 6.1 to 6.4. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { XcapFault, statusOfXcapFault } from './faults.js';
import { XcapTarget } from './target.js';
import { Terminal } from './terminal.js';

const DOCUMENT = '/org.openmobilealliance.deferred-list/users/sip:u7@ims.example/deferred-list';

function parse(text: string): XcapTarget {
  const target = new XcapTarget();
  const buf = Buffer.from(`??${text}??`, 'latin1');
  target.parse(buf, 2, 2 + text.length);
  return target;
}

/** The node selector as XPath-like text again. */
function shown(t: XcapTarget): string[] {
  const steps: string[] = [];
  for (let s = 0; s < t.steps; s++) {
    const namespace = t.text(t.namespaceStart[s], t.namespaceEnd[s]);
    let step = (namespace === '' ? '' : `{${namespace}}`) + (t.text(t.nameStart[s], t.nameEnd[s]) || '*');
    if (t.position[s] > 0) step += `[${t.position[s]}]`;
    if (t.attributeEnd[s] > t.attributeStart[s]) {
      step += `[@${t.text(t.attributeStart[s], t.attributeEnd[s])}=${JSON.stringify(t.text(t.valueStart[s], t.valueEnd[s]))}]`;
    }
    steps.push(step);
  }
  if (t.terminal === Terminal.attribute) steps.push(`@${t.text(t.terminalStart, t.terminalEnd)}`);
  if (t.terminal === Terminal.namespaces) steps.push('namespace::*');
  return steps;
}

describe('document selector (section 6.2)', () => {
  test('AUID, tree, XUI and document', () => {
    const t = parse(DOCUMENT);
    expect(t.fault).toBe(XcapFault.none);
    expect(t.text(t.auidStart, t.auidEnd)).toBe('org.openmobilealliance.deferred-list');
    expect(t.users).toBe(true);
    expect(t.text(t.xuiStart, t.xuiEnd)).toBe('sip:u7@ims.example');
    expect(t.text(t.documentStart, t.documentEnd)).toBe('deferred-list');
    expect(t.hasNode).toBe(false);
  });
  test('an absolute URI, an encoded XUI, the global tree', () => {
    const t = parse(`HTTP://xdms.ims.example:80${DOCUMENT.replace('sip:u7@', 'sip%3au7%40')}`);
    expect([t.fault, t.text(t.xuiStart, t.xuiEnd)]).toEqual([XcapFault.none, 'sip:u7@ims.example']);
    const global = parse('/resource-lists/global/index');
    expect([global.fault, global.users, global.text(global.documentStart, global.documentEnd)]).toEqual([
      XcapFault.none,
      false,
      'index',
    ]);
  });
  test.each([
    ['', XcapFault.target, 400],
    ['*', XcapFault.target, 400],
    ['ftp://x/a/users/b/c', XcapFault.target, 400],
    ['http:///a', XcapFault.target, 400],
    ['/', XcapFault.document, 404],
    ['/auid', XcapFault.document, 404],
    ['/auid/users', XcapFault.document, 404],
    ['/auid/users/xui', XcapFault.document, 404],
    ['/auid/other/xui/doc', XcapFault.document, 404],
    ['/auid/users/xui/', XcapFault.document, 404],
    ['/auid/users/xui/directory/doc', XcapFault.document, 404],
    [`${DOCUMENT}/~~`, XcapFault.document, 404],
    [`${DOCUMENT}/~~/`, XcapFault.extension, 404],
    ['/auid/users/x%4/doc', XcapFault.percent, 400],
    ['/auid/users/x%zz/doc', XcapFault.percent, 400],
    [`/auid/users/${'x'.repeat(5000)}/doc`, XcapFault.tooLong, 414],
    [`${DOCUMENT}/~~${'/a'.repeat(9)}`, XcapFault.tooDeep, 400],
  ])('%s is fault %i', (text, fault, status) => {
    expect(parse(text).fault).toBe(fault);
    expect(statusOfXcapFault(fault)).toBe(status);
  });
});

describe('node selector (section 6.3)', () => {
  test.each([
    ['history-list', ['history-list']],
    [
      'history-list/history%5b@history-reference=%22sip:00ff@im.ims.example%22%5d',
      ['history-list', 'history[@history-reference="sip:00ff@im.ims.example"]'],
    ],
    ['history-list/history%5B3%5D', ['history-list', 'history[3]']],
    ["history-list/*%5b2%5d%5b@id='a%20b'%5d", ['history-list', '*[2][@id="a b"]']],
    ['a/b/@c', ['a', 'b', '@c']],
    ['a/b/namespace::*', ['a', 'b', 'namespace::*']],
    ['a%5b@b=%22&quot;%3d&amp;%22%5d/c', ['a[@b="\\"=&"]', 'c']],
    ['a/%7E%7E%5b', undefined],
    ['a/b%5b0%5d', undefined],
    ['a/b%5b@c%5d', undefined],
    ['a/b%5b@c=%22%26copy;%22%5d', undefined],
    ['a/b%5b@c=%22d%22%5d%5b1%5d', undefined],
    ['a/b%5b@c=%22d%22', undefined],
    ['a/@c/d', undefined],
    ['@c', undefined],
    ['a/text()', undefined],
  ])('%s', (node, steps) => {
    const t = parse(`${DOCUMENT}/~~/${node}`);
    if (steps === undefined) expect(t.fault).toBe(XcapFault.extension);
    else expect([t.fault, shown(t)]).toEqual([XcapFault.none, steps]);
  });
  test('the separator may come percent-encoded', () => {
    expect(shown(parse(`${DOCUMENT}/%7E%7e/a`))).toEqual(['a']);
  });
  test('of two bindings of a prefix the later one counts (xmlns() scheme, section 3.2)', () => {
    const target = parse(`${DOCUMENT}/~~/d:a?xmlns(d=urn:one)xmlns(e=urn:two)xmlns(d=urn:three)`);
    expect(target.text(target.namespaceStart[0], target.namespaceEnd[0])).toBe('urn:three');
  });

  test('an attribute of a namespace is another than that of its local name; its prefix has to be bound (section 8)', () => {
    for (const selector of ['a[@d:b="c"]', 'a/@d:b']) {
      expect(parse(`${DOCUMENT}/~~/${encodeURI(selector)}`).fault).toBe(XcapFault.prefix);
      expect(parse(`${DOCUMENT}/~~/${encodeURI(selector)}?xmlns(d=urn:one)`).fault).toBe(XcapFault.none);
    }
    const target = parse(`${DOCUMENT}/~~/a%5b@d:b=%22c%22%5d?xmlns(d=urn:one)`);
    expect(target.text(target.attributeStart[0], target.attributeEnd[0])).not.toBe('b');
  });

  test('prefixes are bound in the query; other xpointer parts are ignored (section 6.4)', () => {
    const t = parse(`${DOCUMENT}/~~/d:a/e:b?xmlns(d=urn:one)element(/1/2)%20xmlns(e=urn:t^(wo)`);
    expect([t.fault, shown(t)]).toEqual([XcapFault.none, ['{urn:one}a', '{urn:t(wo}b']]);
    expect(parse(`${DOCUMENT}/~~/x:a?xmlns(d=urn:one)`).fault).toBe(XcapFault.prefix);
    expect(parse(`${DOCUMENT}/~~/a?xmlns(d=urn:one`).fault).toBe(XcapFault.query);
  });
});

test('every value comes back, whatever has to be encoded in it', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !/[<"&]/.test(text)),
      (value) => {
        const encoded = encodeURIComponent(`[@history-reference="${value}"]`);
        const t = parse(`${DOCUMENT}/~~/history-list/history${encoded}`);
        expect(t.fault).toBe(XcapFault.none);
        expect(t.text(t.valueStart[1], t.valueEnd[1])).toBe(value);
      },
    ),
    { seed: 42, numRuns: 200 },
  );
});

test('random octets end in a fault or in a target, never in a throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii', maxLength: 80 }), (text) => {
      parse(text);
      parse(`${DOCUMENT}/~~/${text}`);
      parse(`${DOCUMENT}/~~/a?${text}`);
    }),
    { seed: 42, numRuns: 500 },
  );
});
