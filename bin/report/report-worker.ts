/** The other side of `report-thread.ts`: makes page and table of the data that it is handed. */
import { parentPort, workerData } from 'node:worker_threads';
import { timelineParquet } from '../../results/artefacts/parquet.js';
import { reportPage, type PageOptions, type ReportData } from '../../results/report/page.js';
import { loadCompiler, loadDrawing } from '../../results/report/charts/render.js';

const options = workerData as PageOptions;
// While the simulation runs there is time for this; if it fails, so does the page, which says it.
Promise.all([loadCompiler(), options.drawn ? loadDrawing() : undefined]).catch(() => {});

parentPort?.on('message', (data: ReportData) => {
  void Promise.all([reportPage(data, options), timelineParquet(data)]).then((made) =>
    parentPort?.postMessage(made),
  );
});
