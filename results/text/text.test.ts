import { describe, expect, test } from 'vitest';
import { sampleResult } from '../../test/support/sample-result.js';
import { reportText, summaryText } from './text.js';
import { judge } from '../verdict.js';

describe('the report in text', () => {
  test('of a run that passed', () => {
    expect(reportText(sampleResult(), 'results/runs/smoke-42-0123abcd')).toMatchSnapshot();
  });

  test('names what was planted, what was cut short and who offended first', () => {
    const { summary } = sampleResult();
    const text = summaryText({
      ...summary,
      overrides: ['network.loss=5%'],
      sabotage: 'forgets-compact-via',
      partial: true,
      outcome: 'interrupted',
      invariants: [{ ...summary.invariants[0]!, held: false, violations: 3, first: 'm 17 at 12.5 s' }],
    });
    expect(text).toContain('with network.loss=5%');
    expect(text).toContain('SABOTAGED by forgets-compact-via');
    expect(text).toContain('PARTIAL (interrupted)');
    expect(text).toContain('invariants: 0 of 1 held');
    expect(text).toContain('VIOLATED 3 times\n       first: m 17 at 12.5 s');
  });

  test('counts one as one', () => {
    const { summary } = sampleResult();
    const [verdict] = summary.invariants;
    const text = (over: object) => summaryText({ ...summary, invariants: [{ ...verdict, ...over }] });
    expect(text({ held: true, checked: 1 })).toContain(': held (1 check)\n');
    expect(text({ held: false, violations: 1 })).toContain(': VIOLATED once\n');
  });

  test('of a run that offered nothing says so at its head', () => {
    const { summary } = sampleResult();
    const words = 'of virtual time\nnothing was offered: no message was put to the test\n';
    // The head stands apart from what was changed in the run.
    const headless = (text: string) => text.replace('\n\n', '\n');
    expect(headless(summaryText({ ...summary, counts: { ...summary.counts, offered: 0 } }))).toContain(words);
    expect(summaryText(summary)).not.toContain('nothing was offered');
  });

  test('says that nobody asked, where much was handled inadequately and no threshold is set', () => {
    const { summary } = sampleResult();
    const limits = { answerLimitNs: 12e9, deliveryLimitNs: 120e9, unanswered: 0, undelivered: 0, spoilt: 0 };
    const of = (inadequate: number) =>
      summaryText({ ...summary, ihs: { ...limits, attempts: 10_000, inadequate } });
    expect(of(11)).toContain('thresholds: none; the verdict is that of the invariants, whatever the IHSA is');
    expect(of(10)).not.toContain('thresholds');
    const threshold = { threshold: 'ihs:rate<1%', severity: 'fail', met: true, measured: '0.2 %' } as const;
    expect(summaryText({ ...summary, thresholds: [threshold] })).not.toContain('thresholds: none');
  });

  test('leaves out what was not measured', () => {
    const { summary } = sampleResult();
    const { throughput: _throughput, store: _store, ...rest } = summary;
    const text = summaryText({ ...rest, distributions: {} });
    expect(text).not.toMatch(/delays|throughput|at most|NaN|undefined/);
  });
});

describe('the verdict', () => {
  const { summary } = sampleResult();
  const violated = [{ ...summary.invariants[0]!, held: false, violations: 1 }];

  test.each([
    ['all held', summary, 0, 'PASSED'],
    ['an invariant violated', { ...summary, invariants: violated }, 4, 'FAILED: I8 violated (exit 4)'],
    [
      'a saboteur caught',
      { ...summary, sabotage: 'x', invariants: violated },
      4,
      'FAILED: I8 violated (exit 4)',
    ],
    [
      'a saboteur that nobody caught',
      { ...summary, sabotage: 'x' },
      9,
      'FAILED: the saboteur x was not caught (exit 9)',
    ],
    ['too many events', { ...summary, outcome: 'event-limit', partial: true }, 8, 'INCONCLUSIVE'],
    [
      'interrupted',
      { ...summary, outcome: 'interrupted', partial: true },
      130,
      'INTERRUPTED: partial results (exit 130)',
    ],
    [
      'interrupted and violated',
      { ...summary, outcome: 'interrupted', partial: true, invariants: violated },
      130,
      'INTERRUPTED: partial results; FAILED: I8 violated (exit 130)',
    ],
  ] as const)('%s', (_title, given, code, sentence) => {
    const judgement = judge(given);
    expect(judgement.exitCode).toBe(code);
    expect(judgement.sentence).toContain(sentence);
  });
});
