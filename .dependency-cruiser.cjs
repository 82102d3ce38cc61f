/**
 * The rooms of docs/architecture.md, checked on the emitted JavaScript: arrows point down, no cycles. Type-only imports are
 * gone from it, so the lint rules check those. `scripts/layers.mjs` runs this and makes sure that modules were read.
 */
const room = (...names) => `^dist/(${names.join('|')})/`;

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'sim-imports-nothing',
      severity: 'error',
      from: { path: room('sim') },
      to: { path: room('models', 'workloads', 'results', 'bin', 'bench') },
    },
    {
      name: 'sim-and-models-know-no-node',
      severity: 'error',
      from: { path: room('sim', 'models') },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'models-see-ports-only',
      severity: 'error',
      from: { path: room('models') },
      to: {
        path: '^dist/sim/',
        pathNot: '^dist/sim/(host/ports|kernel/assert|kernel/time|kernel/columns)\\.js$',
      },
    },
    {
      name: 'models-import-no-package',
      severity: 'error',
      from: { path: room('models') },
      to: { path: 'node_modules' },
    },
    {
      name: 'models-arrows-down',
      severity: 'error',
      from: { path: room('models') },
      to: { path: room('workloads', 'results', 'bin', 'bench') },
    },
    {
      name: 'invariants-never-use-what-they-judge',
      severity: 'error',
      from: { path: '^dist/models/invariants/' },
      to: { path: '^dist/models/(wire|sip|msrp|im-server|sip-core|client|saboteurs)/' },
    },
    {
      name: 'results-see-observations-and-invariants',
      severity: 'error',
      from: { path: room('results') },
      to: {
        path: room('workloads', 'bin', 'bench', 'models'),
        pathNot: '^dist/models/(observations|marks|invariants)',
      },
    },
    {
      name: 'results-see-of-sim-what-models-see',
      severity: 'error',
      from: { path: room('results') },
      to: {
        path: '^dist/sim/',
        pathNot: '^dist/sim/(host/ports|kernel/assert|kernel/time|kernel/columns)\\.js$',
      },
    },
    {
      name: 'workloads-arrows-down',
      severity: 'error',
      from: { path: room('workloads') },
      to: { path: room('bin', 'bench') },
    },
    {
      name: 'rxjs-composes-workloads',
      severity: 'error',
      from: { pathNot: '^dist/(workloads/|sim/rx\\.js$)' },
      to: { path: 'node_modules/rxjs' },
    },
    {
      name: 'one-file-of-chance',
      severity: 'error',
      from: { pathNot: '^dist/sim/kernel/random\\.js$' },
      to: { path: 'node_modules/seedrandom' },
    },
    {
      name: 'one-file-of-histograms',
      severity: 'error',
      from: { pathNot: '^dist/results/recording/histogram\\.js$' },
      to: { path: 'node_modules/hdr-histogram-js' },
    },
    {
      name: 'command-line-in-bin',
      severity: 'error',
      from: { pathNot: '^dist/bin/' },
      to: { path: 'node_modules/yargs' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.d\\.ts$' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
