/** Pieces of HTML: escaping, tables, sections. Whatever comes from a scenario or a seed goes through `escaped`. */

/** `text` as HTML text or the value of an attribute in double quotes. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A table with a caption for screen readers; the first column holds the names of the rows. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const cell = (text: string, column: number) =>
    column === 0 ? `<th scope="row">${escaped(text)}</th>` : `<td>${escaped(text)}</td>`;
  return [
    `<div class="scroll" role="region" tabindex="0" aria-label="${escaped(caption)}"><table>`,
    `<caption>${escaped(caption)}</caption>`,
    `<thead><tr>${head.map((text) => `<th scope="col">${escaped(text)}</th>`).join('')}</tr></thead>`,
    `<tbody>${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n')}</tbody>`,
    '</table></div>',
  ].join('\n');
}

/** What a reader may want to see and need not. */
export function folded(summary: string, content: string): string {
  return `<details><summary>${escaped(summary)}</summary>\n${content}\n</details>`;
}

export function section(id: string, title: string, content: readonly string[]): string {
  return `<section aria-labelledby="${id}"><h2 id="${id}">${escaped(title)}</h2>\n${content.join('\n')}\n</section>`;
}
