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
  // The answer says it; that of an older version does not.
  const said = /^service times: (calibrated|assumed, not calibrated)(?=<|$)/m.exec(before)?.[1];
  const state = said ?? 'assumed, not calibrated';
  const doubt = said === undefined ? ', unless the runs say otherwise' : '';
  const drawings = await figures.of(charts);
  return documentOf({
    title,
    header: `<p class="mark">restante</p><h1>${escaped(title)}</h1><p class="banner${state === 'calibrated' ? '' : ' assumed'}">service times: <strong>${state}</strong>${doubt}</p>`,
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
