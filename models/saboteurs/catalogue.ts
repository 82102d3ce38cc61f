/** All saboteurs, by name: models with one planted bug each, and the invariant that must catch it. */
import type { Saboteur } from './saboteur.js';

export const saboteurs: readonly Saboteur[] = [];
