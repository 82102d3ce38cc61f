/** S7, O12, O13: metadata in the IM XDMS, over the network of a world with an IM Server and an IM XDMS. */
import { describe, expect, test } from 'vitest';
import { MetadataWorld } from '../../../test/support/metadata-world.js';
import { Observed } from '../../observations.js';
import { MetadataKeeper } from './metadata.js';

describe('one node for each message', () => {
  test('PUT when it is stored, DELETE when it is gone, and the document once', () => {
    const bench = new MetadataWorld();
    for (let i = 0; i < 20; i++) bench.message(i % 4, ['Expires: 60']);
    bench.run(1);
    expect(bench.answers.filter((line) => line === 'SIP/2.0 202 ')).toHaveLength(20);
    expect([bench.entries, bench.count(Observed.metadataPut)]).toEqual([20, 20]);
    expect(bench.requests.match(/If-None-Match/g)).toHaveLength(4);
    expect(bench.requests.match(/PUT \S+~~/g)).toHaveLength(20);
    bench.run(60);
    expect([bench.entries, bench.count(Observed.metadataDeleted)]).toEqual([0, 20]);
    expect(bench.requests).not.toContain('GET ');
    expect(bench.violations()).toBeUndefined();
  });

  test('what an entry says: rules 2.5, From as it came, escaped', () => {
    const bench = new MetadataWorld();
    const folded = 'Subject: a\r\n <b> & "c"';
    bench.message(
      2,
      [folded, 'Date: Mon, 05 Jan 2026 07:59:58 GMT', 'Expires: 1800'],
      '"A & B" <sip:u1@ims.example>;tag=x',
    );
    bench.run(1);
    const [, reference = '', body = ''] =
      /^(<history history-reference="(?:sip:[0-9a-f]{16}@im\.ims\.example)">)(.*)$/m.exec(bench.requests) ??
      [];
    expect(reference).not.toBe('');
    expect(body).toBe(
      '<size>5</size><expiry>2026-01-05T08:29:58Z</expiry><subject>a &lt;b&gt; &amp; &quot;c&quot;</subject>' +
        '<date>Mon, 05 Jan 2026 07:59:58 GMT</date><pager><time-stamp>2026-01-05T08:00:00Z</time-stamp>' +
        '<from>&quot;A &amp; B&quot; &lt;sip:u1@ims.example&gt;;tag=x</from><to>&lt;sip:u2@ims.example&gt;</to>' +
        '<auth-id>&lt;sip:u1@ims.example&gt;</auth-id></pager></history>',
    );
  });

  test('O13, S2: no auth-id of a sender who asked for anonymity', () => {
    const bench = new MetadataWorld();
    bench.message(2, ['Privacy: id'], '<sip:anonymous@anonymous.invalid>;tag=x');
    bench.run(1);
    expect(bench.entries).toBe(1);
    expect(bench.requests).toContain('anonymous.invalid');
    expect(bench.requests).not.toContain('auth-id');
    expect(bench.requests).not.toContain('u1@');
  });

  test('a Date that is none is replaced by the time of receipt (A7); a long Subject is cut between characters', () => {
    const bench = new MetadataWorld();
    bench.message(2, ['Date: yesterday', `Subject: ${'x'.repeat(511)}\xc3\xa9${'y'.repeat(400)}`]);
    bench.run(1);
    expect(bench.entries).toBe(1);
    expect(bench.requests).toContain('<date>Mon, 05 Jan 2026 08:00:00 GMT</date>');
    expect(bench.requests).toContain(`<subject>${'x'.repeat(511)}</subject>`);
  });
});

describe('after a restart the lists are compared with the store', () => {
  test('what is missing is put, what is surplus is deleted', () => {
    const bench = new MetadataWorld();
    const im = bench.world.host('im');
    for (let i = 0; i < 6; i++) bench.message(i % 3, i < 3 ? ['Expires: 30'] : []);
    bench.run(1);
    // Stored, and not yet put: the requests are collected for 20 ms.
    bench.message(4);
    bench.run(0.01);
    expect(bench.server.index.rows).toBe(7);
    im.crash('process');
    bench.run(1);
    expect(bench.entries).toBe(6);
    im.start();
    bench.run(5);
    expect(bench.entries).toBe(7);
    // Three lifetimes end; the server crashes when the records are gone and their DELETEs are not.
    while (bench.server.index.rows === 7) bench.run(0.001);
    bench.run(0.005);
    expect([bench.server.index.rows, bench.entries]).toEqual([4, 7]);
    im.crash('process');
    im.start();
    bench.run(10);
    expect([bench.server.index.rows, bench.entries]).toEqual([4, 4]);
    expect(bench.count(Observed.metadataReconciled)).toBeGreaterThanOrEqual(4);
  });
});

describe('I10 can fail', () => {
  class Forgetful extends MetadataKeeper {
    override onLeft(): void {
      // Keeps the entry.
    }
  }
  class Lazy extends MetadataKeeper {
    override onKept(user: number, dm: number, random0: number, random1: number): void {
      if (dm % 5 !== 0) super.onKept(user, dm, random0, random1);
    }
  }

  test.each([
    [
      'entries that stay',
      { metadata: (...args: ConstructorParameters<typeof MetadataKeeper>) => new Forgetful(...args) },
    ],
    [
      'entries that are not made',
      { metadata: (...args: ConstructorParameters<typeof MetadataKeeper>) => new Lazy(...args) },
    ],
  ])('%s', (_name, parts) => {
    const bench = new MetadataWorld({}, parts);
    for (let i = 0; i < 10; i++) bench.message(i % 4, i % 2 === 0 ? [] : ['Expires: 30']);
    expect(bench.violations()).toMatch(/metadata/);
  });
});
