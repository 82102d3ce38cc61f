/**
 * The readers of what HTTP carries here as targets: XCAP targets with their queries, and the XML of history lists.
 */
import { assert } from '../../sim/kernel/assert.js';
import { HISTORY_FIELDS } from '../wire/xcap/history.js';
import { HistoryReader } from '../wire/xcap/history-reader.js';
import { XcapTarget } from '../wire/xcap/target.js';
import { samplesOf } from './samples.js';
import type { Seen } from './seen.js';
import type { OctetTarget } from './target.js';
import { ENTRY, REFERENCE } from './xcap-samples.js';

const DOCUMENT = `<?xml version="1.0" encoding="UTF-8"?><!-- x --><history-list xmlns="urn:oma:xml:im:history-list">${ENTRY} <?pi x?>${ENTRY}</history-list>`;

export function xcapTarget(): OctetTarget {
  const target = new XcapTarget();
  return {
    name: 'xcap-target',
    samples: samplesOf(
      REFERENCE,
      'http://xdms.ims.example/org.openmobilealliance.deferred-list/global/index/~~/a:history-list/*%5b3%5d/@size?xmlns(a=urn:x)xmlns(b=urn:y)',
      '/a/users/sip:u9@ims.example/d/~~/x/namespace::*?foo(a^)b(c))xmlns(p=q)',
    ),
    words: [
      '/~~/',
      '%5b',
      '%5d',
      '%22',
      '@',
      '*',
      'xmlns(',
      ')',
      '^',
      '(',
      'namespace::*',
      '?',
      'http://',
      '/users/',
      '/global/',
    ],
    streams: false,
    heldLimitOctets: 0,
    heldOctets: () => 0,
    read(buf, start, end, _cuts, seen) {
      const fault = target.parse(buf, start, end);
      // The place is an offset already.
      seen.fault(fault, start + (fault === 0 ? 0 : target.faultOffset));
      assert(target.used <= target.decoded.length, 'more was decoded than there is room for');
      if (fault !== 0) return;
      const { decoded } = target;
      seen.octets(decoded, target.auidStart, target.auidEnd);
      seen.octets(decoded, target.xuiStart, target.xuiEnd);
      seen.octets(decoded, target.documentStart, target.documentEnd);
      for (let i = 0; i < target.steps; i++) {
        seen.octets(decoded, target.nameStart[i], target.nameEnd[i]);
        seen.octets(decoded, target.namespaceStart[i], target.namespaceEnd[i]);
        seen.octets(decoded, target.attributeStart[i], target.attributeEnd[i]);
        seen.octets(decoded, target.valueStart[i], target.valueEnd[i]);
        seen.number(target.position[i]);
      }
      seen.number(target.terminal);
    },
  };
}

export function xmlDocuments(): OctetTarget {
  const reader = new HistoryReader();
  return {
    name: 'xml',
    samples: samplesOf(ENTRY, DOCUMENT),
    words: [
      '<history',
      '</history>',
      '<pager>',
      '</',
      '/>',
      '<!--',
      '-->',
      '<![CDATA[',
      '<!DOCTYPE x [<!ENTITY a "b">]>',
      '<?',
      '?>',
      '&amp;',
      '&#0;',
      '&#x10ffff;',
      '&a;',
      ']]>',
      ' xmlns=""',
      '\xed\xa0\x80',
      '\xef\xbb\xbf',
      '\xe2\x82\xac',
    ],
    streams: false,
    heldLimitOctets: 0,
    heldOctets: () => 0,
    read(buf, start, end, _cuts, seen) {
      reader.element(buf, start, end);
      seen.fault(reader.fault, reader.faultOffset);
      if (reader.fault === 0) fields(reader, seen);
      reader.document(buf, start, end);
      while (reader.nextEntry()) fields(reader, seen);
      seen.fault(reader.fault, reader.faultOffset);
    },
  };
}

function fields(reader: HistoryReader, seen: Seen): void {
  seen.span(reader.entryStart, reader.entryEnd);
  for (let field = 0; field < HISTORY_FIELDS; field++) {
    if (reader.has(field as never)) seen.span(reader.fieldStart[field], reader.fieldEnd[field]);
  }
}
