/** The other side of `report-thread.ts`: makes page and table of the data that it is handed. */
import { parentPort } from 'node:worker_threads';
import { timelineParquet } from '../results/artefacts/parquet.js';
import { reportPage, type ReportData } from '../results/report/page.js';

parentPort?.on('message', (data: ReportData) => {
  void Promise.all([reportPage(data), timelineParquet(data)]).then((made) => parentPort?.postMessage(made));
});
