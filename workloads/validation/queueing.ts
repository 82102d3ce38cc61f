/**
 * Closed forms of queueing theory, with the mean service time as unit of time: what the CPU station of the laboratory is held
 * against. `load` is the utilisation rho = lambda / servers, except where it is said otherwise.
 */

/** Erlang B: probability that an arrival finds all of `servers` busy, for `erlangs` of offered traffic and no queue. */
export function erlangB(servers: number, erlangs: number): number {
  let blocked = 1;
  for (let n = 1; n <= servers; n++) blocked = (erlangs * blocked) / (n + erlangs * blocked);
  return blocked;
}

/** Erlang C: probability that an arrival has to wait in M/M/c. */
export function erlangC(servers: number, load: number): number {
  const blocked = erlangB(servers, servers * load);
  return blocked / (1 - load * (1 - blocked));
}

/** Mean wait in the queue of M/M/c. */
export function waitOfMmc(servers: number, load: number): number {
  return erlangC(servers, load) / (servers * (1 - load));
}

/** Mean wait in the queue of M/G/1 (Pollaczek and Khinchine); `scv` is the squared coefficient of variation of the service. */
export function waitOfMg1(load: number, scv: number): number {
  return (load * (1 + scv)) / (2 * (1 - load));
}

/** Machine repair, M/M/1//N: utilisation of one repairman for `machines` that run for `upTime` on average. */
export function repairUtilisation(machines: number, upTime: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n <= machines; n++) {
    term *= (machines - n + 1) / upTime;
    sum += term;
  }
  return 1 - 1 / sum;
}
