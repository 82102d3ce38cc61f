/** The other side of `report-thread.ts`: draws the page of the data that it is handed. */
import { parentPort } from 'node:worker_threads';
import { reportPage, type ReportData } from '../results/report/page.js';

parentPort?.on('message', (data: ReportData) => {
  void reportPage(data).then((page) => parentPort?.postMessage(page));
});
