/** A capture file, written while the run goes on. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { UsageError } from '../results/exit-codes.js';
import { whyNotWritten } from '../results/folder/file-error.js';
import { captureWatcher } from '../workloads/watch/capture.js';
import type { Watcher } from '../workloads/watch/watcher.js';
import { version } from './version.js';

/** A watcher that captures the run into `file`, which is replaced. Throws a `UsageError` if it cannot be written. */
export function pcapFile(file: string): Watcher {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'w');
  } catch (error) {
    throw new UsageError(`cannot write the capture ${file}: ${whyNotWritten(error)}`);
  }
  const watcher = captureWatcher((octets, length) => {
    try {
      for (let at = 0; at < length;) at += writeSync(descriptor, octets, at, length - at);
    } catch (error) {
      throw new UsageError(`cannot write the capture ${file}: ${whyNotWritten(error)}`);
    }
  }, `restante ${version()}`);
  return {
    attach: (world, cell) => watcher.attach(world, cell),
    finish: () => {
      watcher.finish();
      closeSync(descriptor);
    },
  };
}
