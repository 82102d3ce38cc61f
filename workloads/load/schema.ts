/**
 * When something is asked for: the part of a scenario that says how much load there is and how it arrives. Two words make it
 * up: the *executor* gives the rate over time (k6's names, and Gatling's stairs), the *process* says how single arrivals lie
 * under that rate. All of it is open loop, except the executor `closed`.
 *
 * Spread `loadShape` into the schema of each kind of traffic. Offsets (`at`) count from the start of the load.
 */
import { z } from 'zod';
import { duration, rate, NEEDS_WHOLE } from '../scenario/units.js';

const positive = () => z.int({ error: NEEDS_WHOLE }).min(1);

/** Share of each hour in the messages of a day. The busiest has 13 % (product of sizing guides for voice mail); the rest is assumed. */
const HOURS_OF_A_DAY = [
  1.2, 0.6, 0.4, 0.3, 0.3, 0.6, 1.5, 2.9, 3.8, 4.3, 4.6, 4.8, 5.2, 4.9, 4.6, 4.6, 4.9, 5.5, 6.6, 8.6, 11.0,
  13.0, 4.0, 1.8,
];

const diurnal = z.strictObject({
  day: duration().prefault('24h').describe('Length of a day of the curve; shorter compresses it.'),
  startsAt: duration().prefault('0h').describe('Place in that day at which the load starts, as hours of 24.'),
  hours: z
    .array(z.number().min(0))
    .length(24, 'a day has 24 hours')
    .default(HOURS_OF_A_DAY)
    .describe(
      'Weight of each hour; only their proportions count. Straight lines between the middles of hours.',
    ),
});
/** The day of who says nothing else of it. */
export const USUAL_DAY: z.output<typeof diurnal> = diurnal.parse({});

export const loadShape = {
  executor: z
    .enum(['constant-arrival-rate', 'ramping-arrival-rate', 'stairs', 'spike', 'soak', 'diurnal', 'closed'])
    .default('constant-arrival-rate')
    .describe('How the rate changes over time; each but the first has a key of its own that says more.'),
  process: z
    .enum(['poisson', 'constant', 'mmpp', 'on-off', 'beta-burst', 'uniform-burst', 'trace'])
    .default('poisson')
    .describe('How single arrivals lie under that rate.'),
  rate: rate()
    .prefault('0/s')
    .describe('Messages a second: constant, or where the executor starts, or the mean of a day.'),
  stages: z
    .array(
      z.strictObject({
        for: duration().describe('Length of the stage; 0s is a jump.'),
        to: rate().describe('Rate at the end of the stage, reached along a straight line.'),
      }),
    )
    .min(1)
    .optional()
    .describe('Executor ramping-arrival-rate: stages one after the other, from `rate`. The last rate stays.'),
  stairs: z
    .strictObject({
      step: rate().describe('What each step adds.'),
      every: duration().describe('Length of a step.'),
      steps: positive().optional().describe('Number of steps; up to the end of the load if left out.'),
    })
    .optional()
    .describe('Executor stairs: `rate`, then a step more each time.'),
  spike: z
    .strictObject({
      at: duration().describe('Start of the spike.'),
      for: duration().describe('Length of the spike.'),
      to: rate().describe('Rate during the spike.'),
      edge: duration().prefault('0s').describe('Time to climb before it and to fall after it.'),
    })
    .optional()
    .describe('Executor spike: `rate`, but for one stretch of time.'),
  soak: z
    .strictObject({
      ramp: duration().describe('Time to climb to `rate` at the start and to fall at the end.'),
    })
    .optional()
    .describe('Executor soak: `rate` held between two ramps.'),
  diurnal: diurnal
    .optional()
    .describe('Executor diurnal: the curve of a day whose mean is `rate`; 24h from midnight if left out.'),
  closed: z
    .strictObject({
      users: positive().describe('Users that each send, wait for the answer, think, and send again.'),
      think: duration().describe('Mean time between an answer and the next message.'),
      distribution: z
        .enum(['exponential', 'constant'])
        .default('exponential')
        .describe('Of the time to think.'),
    })
    .optional()
    .describe('Executor closed: a slow system is asked for less, so do not measure overload with it.'),
  mmpp: z
    .strictObject({
      states: z
        .array(
          z.strictObject({
            weight: z.number().min(0).describe('Rate in this state relative to the other states.'),
            mean: duration().describe('Mean time in the state, exponential.'),
          }),
        )
        .min(2, 'a modulated process has at least two states'),
    })
    .optional()
    .describe(
      'Process mmpp: Poisson arrivals whose rate jumps between states; its mean is the rate of the executor.',
    ),
  onOff: z
    .strictObject({
      on: duration().describe('Mean length of a busy time.'),
      off: duration().describe('Mean length of a silent time.'),
      distribution: z.enum(['exponential', 'constant']).default('exponential').describe('Of both.'),
    })
    .optional()
    .describe('Process on-off: Poisson arrivals in busy times only; its mean is the rate of the executor.'),
  burst: z
    .strictObject({
      at: duration().prefault('0s').describe('Start of the burst.'),
      over: duration()
        .optional()
        .describe('Its length; 10s for beta-burst and 60s for uniform-burst if left out.'),
      count: positive().describe('Messages in it.'),
    })
    .optional()
    .describe('Processes beta-burst and uniform-burst: 3GPP TR 37.868, traffic models 2 and 1.'),
  trace: z
    .strictObject({
      file: z.string().min(1).describe('CSV with a header; its path is relative to the scenario file.'),
      rows: z
        .array(z.array(z.number()).length(4))
        .optional()
        .describe(
          'What was read: instant in ns, sender, recipient, octets; -1 for what is drawn. Filled in by the reader.',
        ),
    })
    .optional()
    .describe('Process trace: arrivals replayed from a file.'),
};

const load = z.strictObject(loadShape);
/** When something is asked for, in base units. */
export type Load = z.output<typeof load>;
