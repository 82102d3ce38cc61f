/**
 * Words of the reports and of the documentation that are no metrics, for `restante explain`. The same sentences stand in `docs/metrics.md`
 * (what figures are called) and in `docs/start.md` (the others).
 */

/** What figures are called. */
export const TERMS_OF_FIGURES: Readonly<Record<string, string>> = {
  attempt:
    'scenario attempt (ETSI TS 186 008): one message that a user is to send, from its intended time to its end.',
  offered: 'what the workload asks for.',
  carried: 'delivered at once or stored.',
  goodput: 'what reached its recipient: delivered at once, or settled from the store.',
  settled:
    'delivered from the store: the client answered for it, or fetched it and had it deleted, and it left the store.',
  IHSA:
    'inadequately handled scenario attempts (ETSI TS 186 008): not answered, not delivered in time, or delivered altered, twice or leaking. ' +
    'The metric is `ihs`, its limits are `ihs.answerLimit` and `ihs.deliveryLimit`.',
  DOC: 'design objective capacity (ETSI TS 186 008): the highest load at which at most 0.1 % of the attempts are inadequately handled.',
  SApS: 'scenario attempts per second, a column of `capacity`: what is offered, counted from the intended times.',
  dwell: 'from the receipt of a message by the IM Server to its settlement. The metric is `push.dwell`.',
  drain:
    'from the 200 to the third-party REGISTER to the empty queue of the user. The metric is `push.drain`; ' +
    'in a scenario, `drain` is the quiet phase after the load.',
  utilisation: 'share of a station that is at work. Service times are assumed until calibrated.',
};

/** The others. */
export const TERMS: Readonly<Record<string, string>> = {
  cell: 'what determines a run: scenario, seed, overrides and planted bug. The same cell gives the same octets.',
  fingerprint:
    'sixteen hexadecimal digits over all that the models did and sent. If two runs have the same, they did the same.',
  fold: 'a study is a fold over cells: their results are taken up in the order of the cells, whoever finished first.',
  baseline:
    'the `summary.json` of a run that was accepted; later runs of its scenario and seed are held against it.',
  capsule:
    'a file with all that it takes to run a failure again, faults and all. `restante replay` and `restante shrink` take it.',
  saboteur: 'a bug that is planted on purpose, to see that an invariant catches it.',
  invariant:
    'what has to hold in every run, whatever the load and the faults. Watchers of their own judge it.',
  liveness:
    'that every message ends somehow: nothing still waits although its user is registered and could be pushed to. ' +
    'Judged as a part of I9a, so a violation ends with exit 4. Safety, that nothing wrong happens, is all the rest.',
  'fault budget':
    'what a deployment claims to survive, under `claims`. A plan beyond it runs, but liveness is not judged then.',
  'general healing':
    'the instant at which all that is still broken heals: `heal.at`, or the end of the load.',
  canary:
    'a rare text that is planted in a header value which must not get everywhere, so that its octets are found where they should not be. ' +
    'A NEVER canary is one that no client may ever get, a HOP canary belongs to one hop.',
  binding: 'the address under which a client is registered now (RFC 3261 section 10).',
  trigger: 'a third-party REGISTER that may start a push: the user is there, and something waits for her.',
  ladder: 'the drawing of the messages between hosts, time going down.',
  IMDN: 'instant message disposition notification (RFC 5438): a message that tells a sender what became of hers.',
};

/** A word and what it means, as `**word**: meaning` stands in the documentation; undefined if there is no such word. */
export function termOf(word: string): readonly [string, string] | undefined {
  const wanted = word.toLowerCase();
  return Object.entries({ ...TERMS_OF_FIGURES, ...TERMS }).find(([name]) => {
    const known = name.toLowerCase();
    return known === wanted || known.endsWith(` ${wanted}`);
  });
}
