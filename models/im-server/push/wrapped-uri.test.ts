import { expect, test } from 'vitest';
import { TestOctets } from '../../sip/testing.js';
import { OctetWriter } from '../../wire/octet-writer.js';
import { writeWrappedUri } from './wrapped-uri.js';

/** The URI as it is wrapped; around it stands what may be mistaken for a part of it. */
function wrapped(uri: string): string {
  const octets = new TestOctets();
  const w = new OctetWriter(octets);
  w.begin();
  writeWrappedUri(w, Buffer.from(`;cpc=${uri} SIP/2.0`, 'latin1'), 5, 5 + uri.length);
  const { length } = w;
  const start = octets.start(w.end());
  return octets.buf.latin1Slice(start, start + length);
}

test.each([
  // In the user part, where what follows is the host.
  ['sip:+4930;cpc=ordinary@x.example;user=phone', 'sip:+4930@x.example;user=phone'],
  ['sip:+4930;oli@x.example', 'sip:+4930@x.example'],
  ['tel:+4930;cpc=ordinary;oli=63', 'tel:+4930'],
  // At the end, with a value and without.
  ['sip:u7@x.example;iotl=a.b', 'sip:u7@x.example'],
  ['sip:u7@x.example;OLI', 'sip:u7@x.example'],
  ['sip:u7@x.example;cpc=', 'sip:u7@x.example'],
  // Names that only begin or end so, and values.
  ['sip:u7@x.example;cpcx=1;xoli;lr', 'sip:u7@x.example;cpcx=1;xoli;lr'],
  ['sip:u7@x.example;a=cpc;b=oli', 'sip:u7@x.example;a=cpc;b=oli'],
  ['sip:u7@x.example?Subject=a;cpc=1', 'sip:u7@x.example?Subject=a;cpc=1'],
  ['sip:u7@x.example;cpc=1?Subject=a', 'sip:u7@x.example?Subject=a'],
])('rules 1.7: %s is wrapped as %s', (uri, expected) => {
  expect(wrapped(uri)).toBe(expected);
});
