/** Where results go unless a command is told otherwise: below `results` in the current folder, or where RESTANTE_RESULTS says. */
import { join } from 'node:path';

/** The variable of the environment; a setting of that name in a configuration file is handed on in it, to threads too. */
export const RESULTS_VARIABLE = 'RESTANTE_RESULTS';

function below(name: string): string {
  const root = process.env[RESULTS_VARIABLE];
  return join(root === undefined || root === '' ? 'results' : root, name);
}

/** Folders of runs and studies. */
export const runsFolder = () => below('runs');
/** Accepted baselines, which are kept in git. */
export const baselinesFolder = () => below('baselines');
/** Capsules of `fuzz`. */
export const capsulesFolder = () => below('capsules');
