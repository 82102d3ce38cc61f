/** The other side of `report-thread.ts`: makes page and table of the data that it is handed. */
import { parentPort } from 'node:worker_threads';
import { timelineParquet } from '../results/artefacts/parquet.js';
import { reportPage, type ReportData } from '../results/report/page.js';
import { loadCompiler } from '../results/report/render.js';

// While the simulation runs there is time for this; if it fails, so does the page, which says it.
loadCompiler().catch(() => {});

parentPort?.on('message', (data: ReportData) => {
  void Promise.all([reportPage(data, { drawn: false }), timelineParquet(data)]).then((made) =>
    parentPort?.postMessage(made),
  );
});
