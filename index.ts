/**
 * The library: `import { simulate, loadScenario } from 'restante'`. Examples are in `docs/examples/`. What is exported here keeps its
 * meaning within a major version; everything else in the package may change.
 */
export { loadScenario } from './workloads/scenario/scenario-files.js';
export {
  defineClient,
  defineInvariant,
  defineServer,
  defineWorkload,
  simulate,
  type ClientFactory,
  type Handlers,
  type InvariantDefinition,
  type Judge,
  type Message,
  type Observation,
  type ObservedName,
  type ServerFactory,
  type SimulateOptions,
  type WorkloadContext,
  type WorkloadDefinition,
} from './workloads/library.js';
export type { Scenario } from './workloads/scenario/scenario.js';
export type { CellResult, InvariantVerdict, Series, Summary } from './results/cell-result.js';
export { compareSummaries, type Comparison } from './results/compare/compare.js';
export { judge } from './results/verdict.js';
export { summaryText } from './results/text/text.js';
export { UsageError } from './results/exit-codes.js';
export { createImServer } from './models/im-server/server.js';
export { createClientFleet } from './models/client/fleet.js';
export type { Actor, ActorFactory, Ports } from './sim/host/ports.js';
