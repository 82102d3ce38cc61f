/** The other side of `threads.ts`: simulates the cell that it is handed, and gives the result back. */
import type { CellResult } from '../../results/cell-result.js';
import type { Cell } from '../cell.js';
import { simulate } from '../simulate.js';

export default function work(cell: Cell): CellResult {
  return simulate(cell);
}
