/**
 * A fault plan in a file of its own: a list of faults, or a set of keys `faults`, `heal` and `claims` as in a scenario. It takes
 * the place of what the scenario says. And the other way round: a plan as such a file.
 */
import { stringify } from 'yaml';
import { z } from 'zod';
import type { Cell } from '../cell.js';
import { expandedFaults, withFaults } from './faults.js';
import { checkFaults } from './faults-check.js';
import { claimsSchema, faultSchema, healSchema } from './faults-schema.js';
import { problemsOf, readYaml } from '../scenario/loader.js';
import { planOf } from '../plan.js';
import { renderProblem, ScenarioError, type Problem, type SourceText } from '../scenario/problems.js';
import type { Scenario } from '../scenario/scenario.js';

const planSchema = z.strictObject({
  faults: z.array(faultSchema),
  heal: healSchema.optional(),
  claims: claimsSchema.optional(),
});

/** For faults in the text. */
const WHOLE = { name: 'a fault plan', keys: Object.keys(planSchema.shape) };

/**
 * `scenario` with the faults of `text`. `file` is how errors call the text. Throws a `ScenarioError` with all that is wrong,
 * each with line and column.
 */
export function parseFaults(text: string, file: string, scenario: Scenario): Scenario {
  const { source, content } = readYaml(text, file);
  const other = whatElse(content);
  if (other !== undefined) return fail(source, false, [{ path: [], message: other }]);
  const bare = Array.isArray(content);
  const result = planSchema.safeParse(bare ? { faults: content } : content, {
    reportInput: true,
    jitless: true,
  });
  if (!result.success) return fail(source, bare, problemsOf(result.error, WHOLE));
  const { faults, heal = scenario.heal, claims = scenario.claims } = result.data;
  const planned = { ...scenario, faults, heal, claims };
  const problems = checkFaults(planned);
  if (problems.length > 0) return fail(source, bare, problems);
  return planned;
}

/** What `content` is, if it cannot even be meant as a fault plan. */
function whatElse(content: unknown): string | undefined {
  if (typeof content !== 'object' || content === null)
    return 'a fault plan is a list of faults, or a set of keys with the list under "faults"';
  const schema = 'schema' in content ? content.schema : undefined;
  return typeof schema === 'string' && schema.startsWith('restante-capsule-')
    ? 'this is a capsule: restante replay FILE runs it, and --lift PLAN.yaml writes its faults as a plan'
    : undefined;
}

/** True if `text` is a fault plan and no scenario, whatever may be wrong with it. */
export function isFaultPlan(text: string): boolean {
  let content: unknown;
  try {
    content = readYaml(text, '').content;
  } catch {
    return false;
  }
  if (Array.isArray(content)) return true;
  const keys = typeof content === 'object' && content !== null ? Object.keys(content) : [];
  return keys.includes('faults') && keys.every((key) => key in planSchema.shape);
}

/** The faults of `cell` as a file for `--faults`: ids and members explicit, so that each entry stands for itself. */
export function printPlan(cell: Cell): string {
  const { faults, heal, claims } = planOf(withFaults(cell, expandedFaults(cell))) as Record<string, unknown>;
  return stringify({ faults, heal, claims }, { collectionStyle: 'any', flowCollectionPadding: true });
}

function fail(source: SourceText, bare: boolean, problems: readonly Problem[]): never {
  const texts = problems.map((problem) =>
    renderProblem(source, bare ? { ...problem, path: problem.path.slice(1) } : problem),
  );
  throw new ScenarioError([...new Set(texts)].join('\n'));
}
