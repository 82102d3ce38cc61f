/**
 * `junit.xml`: a test case for each threshold, each invariant and each rule of a comparison, so that any CI shows them. Seed and
 * fingerprint are properties of the suite. There is always at least one case, so that no CI calls the file empty.
 *
 * No wall time is in it: the file is the same for the same cell.
 */
import type { Summary } from '../cell-result.js';
import type { Comparison } from '../compare/compare.js';
import { figuresOf } from '../compare/figures.js';
import { comparisonSentence } from '../compare/text.js';
import { valueText } from '../thresholds.js';

/** A test case. */
export interface Case {
  readonly group: string;
  readonly name: string;
  /** What went wrong; absent if nothing did. */
  readonly failure?: string;
  /** Something to tell that fails nothing. */
  readonly warning?: string;
}

/** The document, with a final end of line. */
export function junitXml(summary: Summary, comparison?: Comparison): string {
  const cases = [
    ...runCases(summary),
    ...invariantCases(summary),
    ...thresholdCases(summary),
    ...(comparison === undefined ? [] : comparisonCases(comparison, summary)),
  ];
  return junitDocument(summary.scenario, properties(summary), cases);
}

/** The document of `cases` about `scenario`, with a final end of line. */
export function junitDocument(
  scenario: string,
  told: readonly (readonly [name: string, value: string])[],
  cases: readonly Case[],
): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const skipped = cases.filter(({ warning }) => warning !== undefined).length;
  const totals = `tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
  const name = `restante ${scenario}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name=${quoted(name)} ${totals}>`,
    `  <testsuite name=${quoted(name)} ${totals}>`,
    '    <properties>',
    ...told.map(([key, value]) => `      <property name=${quoted(key)} value=${quoted(value)}/>`),
    '    </properties>',
    ...cases.flatMap((entry) => caseLines(scenario, entry)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function properties(summary: Summary): [string, string][] {
  const { seed, fingerprint, schema, overrides, sabotage, planDigest, serviceTimes } = summary;
  return [
    ['seed', seed],
    ['fingerprint', fingerprint],
    ['schema', schema],
    ...(planDigest === undefined ? [] : [['planDigest', planDigest] satisfies [string, string]]),
    ['overrides', overrides.join(' ')],
    ...(sabotage === null ? [] : [['sabotage', sabotage] satisfies [string, string]]),
    ['serviceTimes', serviceTimes],
  ];
}

function runCases({ outcome, selfChecks, counts }: Summary): Case[] {
  const broken = (selfChecks ?? []).filter(({ held }) => !held);
  return [
    {
      group: 'run',
      name: 'comes to its end',
      ...(outcome === 'completed' ? {} : { failure: `the run ended as ${outcome}` }),
    },
    // There only if it has something to say: it is about the scenario, not about what the run found.
    ...(counts.offered > 0
      ? []
      : [{ group: 'run', name: 'offers something', warning: 'nothing was offered' }]),
    ...(selfChecks === undefined
      ? []
      : [
          {
            group: 'run',
            name: 'obeys the laws that it is checked against',
            ...(broken.length === 0
              ? {}
              : { failure: broken.map(({ law, where }) => `${law}, ${where}`).join('; ') }),
          },
        ]),
  ];
}

function invariantCases({ invariants }: Summary): Case[] {
  return invariants.map(({ id, title, clause, held, violations, first }) => ({
    group: 'invariants',
    name: `${id} ${title}`,
    ...(held
      ? {}
      : {
          failure: `violated ${violations} times (${clause})${first === undefined ? '' : `; first: ${first}`}`,
        }),
  }));
}

function thresholdCases({ thresholds }: Summary): Case[] {
  return (thresholds ?? []).map(({ threshold, met, severity, measured }) => ({
    group: 'thresholds',
    name: threshold,
    ...(met
      ? {}
      : severity === 'fail'
        ? { failure: `measured ${measured}` }
        : { warning: `measured ${measured}` }),
  }));
}

function comparisonCases(comparison: Comparison, summary: Summary): Case[] {
  const { outcome, figures, verdicts } = comparison;
  const differing = new Set(figures.map(({ name }) => name));
  // A rule that was kept is a case as well, so that the list is the same from run to run.
  const same =
    outcome === 'incomparable' ? [] : figuresOf(summary).filter(({ name }) => !differing.has(name));
  const bad = outcome === 'regressed' || outcome === 'incomparable';
  return [
    {
      group: 'baseline',
      name: 'behaves as the baseline does',
      ...(bad ? { failure: comparisonSentence(comparison) } : {}),
    },
    ...verdicts.map(({ kind, name, base, next, change }) => ({
      group: 'baseline',
      name: `${kind} ${name}`,
      ...(change === 'regressed' ? { failure: `${base} in the baseline, ${next} now` } : {}),
    })),
    ...figures.map(({ name, unit, base, next, change }) => {
      const text = (value: number | undefined) => (value === undefined ? 'none' : valueText(value, unit));
      return {
        group: 'baseline',
        name,
        ...(change === 'regressed' ? { failure: `${text(base)} in the baseline, ${text(next)} now` } : {}),
      };
    }),
    ...same.map(({ name }) => ({ group: 'baseline', name })),
  ];
}

function caseLines(scenario: string, { group, name, failure, warning }: Case): string[] {
  const open = `    <testcase classname=${quoted(`restante.${scenario}.${group}`)} name=${quoted(name)} time="0"`;
  if (failure !== undefined)
    return [`${open}>`, `      <failure message=${quoted(failure)}/>`, '    </testcase>'];
  if (warning !== undefined) {
    return [`${open}>`, `      <skipped message=${quoted(`warning: ${warning}`)}/>`, '    </testcase>'];
  }
  return [`${open}/>`];
}

/** An attribute value. What XML 1.0 cannot hold at all becomes U+FFFD. */
function quoted(text: string): string {
  const safe = text
    // eslint-disable-next-line no-control-regex
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[\t\n\r]/g, ' ');
  // Through octets, so that half a surrogate pair becomes U+FFFD too.
  return `"${Buffer.from(safe).toString()}"`;
}
