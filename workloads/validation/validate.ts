/**
 * The laboratory against theory: each check has a fixed seed and a stated tolerance. "Theory lies in the 95 % interval" would fail one
 * time in twenty by design, so it is not asked; the tolerance is 3 % up to rho = 0.8, more where the variance grows beyond that.
 */
import {
  boundedPareto,
  erlang,
  exponential,
  hyperExponential,
  lognormal,
  normal,
  pareto,
  uniformBetween,
} from '../../sim/kernel/distributions.js';
import type { RandomStream } from '../../sim/host/ports.js';
import { Chance } from '../../sim/kernel/random.js';
import { kolmogorovSmirnov } from '../../results/statistics/kolmogorov.js';
import { incompleteGamma, normalCdf } from '../../results/statistics/special.js';
import { erlangB, erlangC, repairUtilisation, waitOfMg1, waitOfMmc } from './queueing.js';
import { openStation, repairStation, type Measured, type Service } from './stations.js';

/** One comparison. */
export interface Check {
  readonly model: string;
  readonly quantity: string;
  readonly theory: number;
  readonly measured: number;
  /** Allowed distance over the theory; for a Kolmogorov-Smirnov test, the least p. */
  readonly tolerance: number;
  readonly held: boolean;
}

const SEED = 'validate-model';
/** Jobs of a station, unless a check says otherwise. */
const JOBS = 400_000;
const SAMPLES = 20_000;
/** Least probability of a Kolmogorov-Smirnov test. */
const LEAST_P = 0.001;

function compare(
  model: string,
  quantity: string,
  theory: number,
  measured: number,
  tolerance: number,
): Check {
  return {
    model,
    quantity,
    theory,
    measured,
    tolerance,
    held: Math.abs(measured - theory) <= tolerance * theory,
  };
}

interface Open {
  readonly model: string;
  readonly servers: number;
  readonly load: number;
  readonly service: Service;
  readonly tolerance: number;
  readonly queue?: number;
  /** How many times the usual number of jobs; where waits vary much, the mean settles late. */
  readonly effort?: number;
  readonly quantities: readonly (readonly [string, number, (measured: Measured) => number])[];
}

const mmc = (servers: number, load: number, tolerance = 0.03, effort = 1): Open => ({
  effort,
  model: `M/M/${servers}`,
  servers,
  load,
  service: 'exponential',
  tolerance,
  quantities: [
    ['P(wait)', erlangC(servers, load), ({ delayed }) => delayed],
    ['Wq', waitOfMmc(servers, load), ({ wait }) => wait],
  ],
});

/** Service times of two phases with this squared coefficient of variation. */
const h2 =
  (scv: number) =>
  (stream: RandomStream): number =>
    hyperExponential(stream, 1, scv);

const OPEN: readonly Open[] = [
  ...[0.5, 0.8, 0.9].map<Open>((load) => ({
    model: 'M/M/1',
    servers: 1,
    load,
    service: 'exponential',
    tolerance: load > 0.8 ? 0.05 : 0.03,
    effort: load > 0.8 ? 4 : 1,
    quantities: [
      ['W', 1 / (1 - load), ({ time }) => time],
      ['U', load, ({ utilisation }) => utilisation],
    ],
  })),
  mmc(2, 0.8),
  mmc(4, 0.8),
  mmc(8, 0.9, 0.05, 4),
  {
    model: 'M/D/1',
    servers: 1,
    load: 0.8,
    service: 'constant',
    tolerance: 0.03,
    quantities: [['Wq', waitOfMg1(0.8, 0), ({ wait }) => wait]],
  },
  {
    model: 'M/H2/1, SCV 4',
    servers: 1,
    load: 0.8,
    service: h2(4),
    effort: 5,
    tolerance: 0.05,
    quantities: [['Wq', waitOfMg1(0.8, 4), ({ wait }) => wait]],
  },
  {
    model: 'M/M/10/10',
    servers: 10,
    load: 0.8,
    service: 'exponential',
    tolerance: 0.03,
    queue: 0,
    quantities: [['B', erlangB(10, 8), ({ blocked }) => blocked]],
  },
];

/** Checks the stations with `jobs` jobs each. */
export function checkStations(jobs: number = JOBS): Check[] {
  const checks = OPEN.flatMap(
    ({ model, servers, load, service, tolerance, queue, effort = 1, quantities }) => {
      const measured = openStation({
        seed: SEED,
        servers,
        load,
        service,
        jobs: jobs * effort,
        ...(queue === undefined ? {} : { queue }),
      });
      const name = `${model}, rho ${load}`;
      return [
        ...quantities.map(([quantity, theory, of]) =>
          compare(name, quantity, theory, of(measured), tolerance),
        ),
        {
          model: name,
          quantity: "Little's residual",
          theory: 0,
          measured: measured.littleResidual,
          tolerance: 1e-9,
          held: measured.littleResidual <= 1e-9,
        },
      ];
    },
  );
  const machines = [5, 10].map((n) =>
    compare(
      `machine repair, ${n} machines`,
      'U',
      repairUtilisation(n, 8),
      repairStation(SEED, n, 8, jobs),
      0.03,
    ),
  );
  return [...checks, ...machines];
}

const positive = (cdf: (x: number) => number) => (x: number) => (x <= 0 ? 0 : cdf(x));

/** Each sampler with its distribution function. */
const SAMPLERS: readonly (readonly [string, (stream: RandomStream) => number, (x: number) => number])[] = [
  ['uniform', (s) => uniformBetween(s, 2, 5), (x) => Math.min(1, Math.max(0, (x - 2) / 3))],
  ['exponential', (s) => exponential(s, 3), positive((x) => -Math.expm1(-x / 3))],
  ['normal', (s) => normal(s, 10, 2), (x) => normalCdf((x - 10) / 2)],
  ['lognormal', (s) => lognormal(s, 4, 1.1), positive((x) => normalCdf(Math.log(x / 4) / 1.1))],
  ['pareto', (s) => pareto(s, 20, 1.6), (x) => (x <= 20 ? 0 : 1 - Math.exp(1.6 * Math.log(20 / x)))],
  [
    'bounded pareto',
    (s) => boundedPareto(s, 20, 1300, 1.6),
    (x) => (x <= 20 ? 0 : (1 - Math.exp(1.6 * Math.log(20 / x))) / (1 - Math.exp(1.6 * Math.log(20 / 1300)))),
  ],
  ['erlang, k = 4', (s) => erlang(s, 2, 4), positive((x) => incompleteGamma(4, x * 2))],
  [
    'hyper-exponential, SCV 4',
    h2(4),
    positive((x) => {
      const p = (1 + Math.sqrt(3 / 5)) / 2;
      return 1 - p * Math.exp(-2 * p * x) - (1 - p) * Math.exp(-2 * (1 - p) * x);
    }),
  ],
];

/** Checks the samplers by Kolmogorov-Smirnov tests. */
export function checkSamplers(samples: number = SAMPLES): Check[] {
  return SAMPLERS.map(([name, draw, cdf]) => {
    const stream = new Chance(SEED).stream(name, 0, 0);
    const { p } = kolmogorovSmirnov(
      Array.from({ length: samples }, () => draw(stream)),
      cdf,
    );
    return {
      model: `sampler ${name}`,
      quantity: 'KS p',
      theory: 1,
      measured: p,
      tolerance: LEAST_P,
      held: p >= LEAST_P,
    };
  });
}
