/** One line for each executor and arrival process, for `restante list`. */
export const LOAD_TITLES = {
  executors: [
    ['constant-arrival-rate', 'one rate'],
    ['ramping-arrival-rate', 'straight lines between rates (stages)'],
    ['stairs', 'a step more each time'],
    ['spike', 'one stretch of time at another rate'],
    ['soak', 'one rate between two ramps'],
    ['diurnal', 'the curve of a day'],
    ['closed', 'users who wait for the answer and think before they send again'],
  ],
  processes: [
    ['poisson', 'independent exponential gaps'],
    ['constant', 'evenly spaced'],
    ['mmpp', 'Poisson, with a rate that jumps between states'],
    ['on-off', 'Poisson in busy times, nothing in silent ones'],
    ['beta-burst', 'a number of messages, Beta(3, 4) over 10 s (3GPP TR 37.868)'],
    ['uniform-burst', 'a number of messages, uniform over 60 s (3GPP TR 37.868)'],
    ['trace', 'replayed from a CSV file'],
  ],
} as const;
