/**
 * Breaking it on purpose: fuzzing finds a planted bug, its capsule replays to the same octets, shrinking leaves what is needed, and a
 * ladder tells the story. Small versions; `npm run nightly` has the long ones.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { seedRange } from '../bin/commands/fuzz.js';
import { main } from '../bin/main.js';
import { capsuleOf, messageNumberIn, parseCapsule, type Capsule } from '../results/capsule.js';
import { sortedJson } from '../results/folder/json.js';
import { ladderSvg } from '../results/report/ladder/ladder-svg.js';
import { ladderText } from '../results/report/ladder/ladder-text.js';
import { checkFaults } from '../workloads/faults/faults-check.js';
import { capsuleCell, cellOfCapsule, explicitCell } from '../workloads/fuzz/capsules.js';
import { cellOf, type Cell } from '../workloads/cell.js';
import { evaluate } from '../workloads/evaluate.js';
import { parseFaults } from '../workloads/faults/faults-file.js';
import { runCampaign } from '../workloads/fuzz/fuzz-campaign.js';
import type { SeedReport } from '../workloads/fuzz/fuzz-seed.js';
import { fuzzCell, type Campaign } from '../workloads/fuzz/fuzz-cell.js';
import { ladderWatcher } from '../workloads/watch/ladder.js';
import { loadFaults, loadScenario } from '../workloads/scenario/scenario-files.js';
import { addProbes, type ProbeId } from '../workloads/fuzz/probes.js';
import { called } from './support/command-line.js';

const folder = mkdtempSync(join(tmpdir(), 'restante-break-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function campaign(options: Partial<Campaign>, to: number, jobs: number): Promise<SeedReport[]> {
  const reports: SeedReport[] = [];
  await runCampaign(
    { scenario: 'fuzz', set: [], sabotage: null, ...options },
    { from: 1, to, jobs, interrupted: () => false, onReport: (report) => reports.push(report) < 0 },
  );
  return reports;
}

const sabotaged: Campaign = { scenario: 'fuzz', set: [], sabotage: 'deletes-on-write' };
const failing = fuzzCell(sabotaged, 1);
const judged = evaluate(failing);
const VERSIONS = { restante: '0.0.0-test', node: 'v0' };
const made = capsuleOf(judged, capsuleCell(failing), VERSIONS) as Capsule;

function fileOf(name: string, capsule: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, sortedJson(capsule));
  return file;
}

describe('fuzz cells', () => {
  it('are a function of the seed, and differ between seeds', () => {
    const one = (seed: number): Cell => fuzzCell({ ...sabotaged, sabotage: null }, seed);
    expect(one(3)).toEqual(one(3));
    const plans = new Set([1, 2, 3, 4, 5, 6].map((seed) => JSON.stringify(one(seed).scenario.faults)));
    expect(plans.size).toBe(6);
    const kinds = new Set(
      Array.from({ length: 60 }, (_, i) => one(i + 1)).flatMap(({ scenario }) =>
        scenario.faults.map(({ kind }) => kind),
      ),
    );
    expect(kinds.size).toBeGreaterThan(15);
  });

  it('have corruptions that escape the checksum, and clusters of which every server is hit', () => {
    const all = Array.from({ length: 200 }, (_, i) => fuzzCell({ ...sabotaged, sabotage: null }, i + 1));
    const faults = all.flatMap(({ scenario }) => scenario.faults);
    const escapes = faults.flatMap((fault) => (fault.kind === 'corrupt' ? [fault.escape] : []));
    expect(new Set(escapes)).toEqual(new Set([true, false]));
    const targets = new Set(faults.map(({ target }) => target));
    expect([...targets]).toEqual(expect.arrayContaining(['im', 'im-2', 'im-3']));
  });

  it('have crashes of the IM Server while the IM XDMS cannot be reached, which shows whether retries outlive them', () => {
    const plans = Array.from({ length: 100 }, (_, i) => fuzzCell({ ...sabotaged, sabotage: null }, i + 1));
    const meant = plans.filter(({ scenario: { faults } }) =>
      faults.some(
        ({ kind, target, at, for: lasts }) =>
          kind === 'partition' &&
          target === 'xdms' &&
          faults.some(
            (crash) =>
              crash.kind === 'crash' &&
              crash.target === 'im' &&
              crash.at > at &&
              crash.at < at + (lasts ?? 0),
          ),
      ),
    );
    expect(meant.length).toBeGreaterThan(5);
  });

  it('are valid with every fault made explicit, so that each can be replayed', () => {
    for (let seed = 1180; seed <= 1200; seed++) {
      const { scenario } = explicitCell(fuzzCell({ scenario: 'fuzz', set: [], sabotage: null }, seed));
      expect(checkFaults(scenario), `seed ${seed}`).toEqual([]);
    }
  });

  it('run the same with every fault made explicit', () => {
    expect(evaluate(explicitCell(failing)).fingerprint).toBe(judged.fingerprint);
  });

  it('give the same reports inline and in threads', async () => {
    expect(await campaign({}, 3, 2)).toEqual(await campaign({}, 3, 1));
  });

  it('reach rare paths', async () => {
    const probes: Partial<Record<ProbeId, number>> = {};
    for (const report of await campaign({}, 15, 1)) addProbes(probes, report.probes);
    const wanted: ProbeId[] = [
      'push-failed',
      'expired',
      'live-fallback',
      'flow-failed',
      'stored-after-crash',
      'stream-reset',
    ];
    expect(wanted.filter((id) => probes[id] === undefined)).toEqual([]);
  });

  it('read ranges of seeds', () => {
    expect(seedRange('3..9')).toEqual({ from: 3, to: 9 });
    expect(seedRange('40')).toEqual({ from: 1, to: 40 });
    expect(() => seedRange('9..3')).toThrow(/--seeds 9\.\.3 is not a range/);
  });
});

describe('capsules', () => {
  it('bring the same run back', () => {
    const read = parseCapsule(sortedJson(made), 'capsule.json');
    expect(read).toEqual(JSON.parse(sortedJson(made)));
    const again = evaluate(cellOfCapsule(read, 'capsule.json', '0.0.0-test'));
    expect(again.fingerprint).toBe(judged.fingerprint);
    expect(again.invariants).toEqual(judged.invariants);
    expect(made.violated).toContain(made.violation.id);
  });

  it('know the number of the offending message', () => {
    expect(messageNumberIn('at 3 s: message 17 was deleted')).toBe(17);
    expect(messageNumberIn('at 3 s: deferred message 17 was deleted')).toBe(null);
    expect(messageNumberIn(undefined)).toBe(null);
  });

  it('replay with exit 4, and with exit 9 once the bug is gone', async () => {
    const file = fileOf('made.json', made);
    const same = await called('replay', file, '--quiet');
    expect(same.code).toBe(4);
    expect(same.out).toMatch(/^REPRODUCED: I\S+ violated again: .*; same fingerprint\n$/);
    const cured = await called(
      'replay',
      fileOf('cured.json', { ...made, cell: { ...made.cell, sabotage: null } }),
      '--quiet',
    );
    expect(cured.code).toBe(9);
    expect(cured.out).toMatch(/^NOT REPRODUCED: I\S+ held; another run from virtual second \d+ on\n/);
    expect(cured.out).toContain('the capsule is of restante 0.0.0-test, this is');
  });

  it('say what stands in the way of a replay', async () => {
    const scenario = { ...(made.cell.scenario as object), weather: 'fine' };
    const changed = await called(
      'replay',
      fileOf('changed.json', { ...made, cell: { ...made.cell, scenario } }),
    );
    expect(changed.code).toBe(2);
    expect(changed.err).toMatch(/unknown key "weather"/);
    expect(changed.err).toMatch(/It was written by restante 0\.0\.0-test; this is \d/);
    const other = await called('replay', fileOf('other.json', { ...made, schema: 'restante-capsule-9' }));
    expect(other.code).toBe(2);
    expect(other.err).toMatch(/its layout is restante-capsule-9/);
    expect((await called('replay', join(folder, 'none.json'))).err).toMatch(
      /cannot read the capsule .*: there is no such file/,
    );
    writeFileSync(join(folder, 'text.json'), 'hello');
    expect((await called('replay', join(folder, 'text.json'))).code).toBe(2);
  });

  it('replay in part, with events and packets', async () => {
    const file = fileOf('part.json', made);
    const pcap = join(folder, 'part.pcapng');
    const part = await called('replay', file, '--until', '2s', '--trace', '--pcap', pcap);
    expect(part.code).toBe(0);
    expect(part.out).toMatch(/^0 \d+\.\d{9} \d+ \d+ /);
    expect(part.err).toContain('\ntrace: number of the event, virtual second, handler, kind and ');
    expect(part.out).toMatch(/stopped after 2s: the same run so far; I\S+ holds\n$/);
    expect(readFileSync(pcap).readUInt32LE(0)).toBe(0x0a0d0d0a);
  });

  it('stop at the instant that was asked for, and are judged as a whole if that is behind the end', async () => {
    const file = fileOf('until.json', made);
    const [short, long] = [join(folder, 'short.pcapng'), join(folder, 'long.pcapng')];
    await called('replay', file, '--until', '20s', '--pcap', short, '--quiet');
    const part = await called('replay', file, '--until', '20500ms', '--pcap', long, '--trace', '--quiet');
    expect(part.out).toMatch(/stopped after 20500ms: the same run so far/);
    const instants = [...part.out.matchAll(/^\d+ (\d+\.\d{9}) /gm)].map(([, second]) => Number(second));
    expect(Math.max(...instants)).toBeGreaterThan(20);
    expect(Math.max(...instants)).toBeLessThanOrEqual(20.5);
    expect(statSync(long).size).toBeGreaterThan(statSync(short).size);
    const whole = await called('replay', file, '--until', '1h', '--quiet');
    expect(whole.out).toMatch(/^REPRODUCED: .*; same fingerprint\n$/);
    expect(whole.code).toBe(4);
  });
});

describe('shrink', () => {
  it('keeps the violation, with at most 5 faults, and a capsule that replays', async () => {
    const file = fileOf('large.json', made);
    const shrunk = await called('shrink', file, '--runs', '15', '--quiet');
    expect(shrunk.code).toBe(4);
    const small = parseCapsule(readFileSync(join(folder, 'large.min.json'), 'utf8'), 'small');
    expect(small.violation.id).toBe(made.violation.id);
    const { faults } = small.cell.scenario as { faults?: unknown[] };
    expect((faults ?? []).length).toBeLessThanOrEqual(5);
    expect((await called('replay', join(folder, 'large.min.json'), '--quiet')).code).toBe(4);
  });
});

describe('shrink that is interrupted', () => {
  it('keeps the smallest so far, says so, and exits 130; without a terminal progress comes in plain lines', async () => {
    const file = fileOf('cut.json', made);
    let out = '';
    let err = '';
    const streams = {
      out: (text: string) => void (out += text),
      err: (text: string) => {
        err += text;
        if (/^\d+ runs?, /.test(text)) process.emit('SIGINT');
      },
      interactive: false,
    };
    expect(await main(['shrink', file, '--runs', '500'], streams)).toBe(130);
    expect(err).toMatch(/^\d+ runs?, \d+ faults? left\n$/);
    const kept = join(folder, 'cut.min.json');
    expect(out).toMatch(
      /^INTERRUPTED: the smallest so far is kept in .*cut\.min\.json\nI9a is still violated: /,
    );
    expect((await called('replay', kept, '--quiet')).code).toBe(4);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
  const before = process.listenerCount('SIGINT');
});

describe('lift', () => {
  const overrides = ['population.subscribers=6', 'duration=20s', 'drain=90s', 'traffic.pager.rate=1/s'];
  const faults = `faults:
  - { at: 2s, for: 20s, kind: loss, target: im, direction: out, percent: 25% }
  - { at: 3s, for: 12s, kind: partition, target: clients, mode: fixed, value: 3 }
`;
  const lossy = cellOf(
    parseFaults(faults, 'x', loadScenario('fuzz', overrides)),
    '5',
    overrides,
    'stores-twice',
  );

  it('names the lost packets one by one; shrinking then leaves the one that matters', async () => {
    const file = fileOf('lossy.json', capsuleOf(evaluate(lossy), capsuleCell(lossy), VERSIONS, 'I8'));
    const lifted = join(folder, 'lifted.json');
    const done = await called('replay', file, '--lift', lifted, '--quiet');
    expect(done.out).toMatch(/^REPRODUCED: \d+ packets that chance took are faults now; I8 violated again: /);
    expect(done.code).toBe(4);
    expect((await called('replay', lifted, '--quiet')).code).toBe(4);
    const { cell } = parseCapsule(readFileSync(lifted, 'utf8'), 'lifted');
    const kinds = (cell.scenario as { faults: { kind: string }[] }).faults.map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['drop', 'partition']));

    const shrunk = await called('shrink', file, '--runs', '1', '--quiet');
    expect(shrunk.out).toMatch(/\n {2}drop\d+ {2}drop of the next packet of im, outwards only from /);
    expect(shrunk.out).not.toMatch(/ loss of /);
    expect(shrunk.code).toBe(4);

    const plan = join(folder, 'lifted.yaml');
    expect((await called('replay', file, '--lift', plan, '--quiet')).code).toBe(4);
    const again = cellOf(loadFaults(plan, lossy.scenario), '5', overrides, 'stores-twice');
    expect(evaluate(again).fingerprint).toBe(evaluate(lossy).fingerprint);
  });

  it('is refused where chance takes nothing', async () => {
    const { scenario } = made.cell as { scenario: { faults: { kind: string }[] } };
    const kept = scenario.faults.filter(({ kind }) => kind !== 'loss' && kind !== 'corrupt');
    const calm = { ...made, cell: { ...made.cell, scenario: { ...scenario, faults: kept } } };
    const { code, err } = await called('replay', fileOf('calm.json', calm), '--lift', 'x.json', '--quiet');
    expect([code, err]).toEqual([2, expect.stringContaining('there is nothing to lift')]);
  });
});

describe('ladder', () => {
  const draw = (cell: Cell, message: number) => {
    const watcher = ladderWatcher(message);
    evaluate(cell, [watcher]);
    const ladder = watcher.ladder();
    if (ladder === undefined) throw new Error('no ladder');
    return ladder;
  };
  const message = made.violation.message ?? 0;
  const ladder = draw({ ...failing, sabotage: null }, message);
  const text = ladderText(ladder);

  it('is the same octets on repeat', () => {
    const again = draw({ ...failing, sabotage: null }, message);
    expect(ladderText(again)).toBe(text);
    expect(ladderSvg(again)).toBe(ladderSvg(ladder));
  });

  it('tells the life of the message from hop to hop', () => {
    const order = [
      '[asked for]',
      ' MESSAGE ',
      '[stored as',
      '202 Accepted (MESSAGE)',
      ' INVITE ',
      ' SEND ',
      'MSRP 200',
      '[presented]',
      '[settled',
    ];
    const places = order.map((words) => text.indexOf(words));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(text.indexOf('[presented]')).toBeGreaterThan(text.indexOf(' SEND '));
  });

  it('strikes header fields through at the hop where they vanish', () => {
    const send = ladder.rows.find((row) => row.kind === 'arrow' && row.label.startsWith('SEND'));
    const stripped = send?.kind === 'arrow' ? send.stripped.map((name) => name.toLowerCase()) : [];
    expect(stripped).toEqual(
      expect.arrayContaining(['via', 'p-charging-vector', 'p-access-network-info', 'p-served-user']),
    );
    expect(stripped).not.toContain('call-id');
    expect(text).toContain('~~P-Charging-Vector~~');
    expect(ladderSvg(ladder)).toMatch(/<text class="struck"[^>]*>P-Charging-Vector<\/text>/);
  });

  it('draws faults as bands, and is well-formed', () => {
    expect(text).toMatch(/fault begins: s\d+ \S+ of /);
    const svg = ladderSvg(ladder);
    expect(svg).toContain('<rect class="band"');
    expect(svg.match(/<text/g)?.length).toBe(svg.match(/<\/text>/g)?.length);
    expect(svg).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  });
});
