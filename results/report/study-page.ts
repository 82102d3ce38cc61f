/** `report.html` of a study: one file as that of a run, with the study's charts and its table. */
import { escaped, section } from './html.js';
import type { PageOptions, StudyPart } from './page.js';
import { documentOf, Figures } from './shell.js';

/** The page of one study. */
export async function studyPage(
  { title, before, charts }: StudyPart,
  { drawn }: PageOptions,
): Promise<string> {
  const figures = new Figures(drawn);
  const drawings = await figures.of(charts);
  return documentOf({
    title,
    header: `<p class="mark">restante</p><h1>${escaped(title)}</h1><p class="banner assumed">service times: <strong>assumed, not calibrated</strong>, unless the runs say otherwise</p>`,
    places: [
      { id: 'answer', title: 'Answer' },
      { id: 'charts-of-study', title: 'Charts' },
    ],
    body: [section('answer', 'Answer', [before]), section('charts-of-study', 'Charts', [drawings])].join(
      '\n',
    ),
    figures,
  });
}
