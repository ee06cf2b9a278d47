// A comparison with every option of the verb; tables, charts and viewers are those of the report.
let READ_DOCUMENTS = null;
const read = () => READ_DOCUMENTS();
const FILES = { csv: 'CSV', tex: 'LaTeX', json: 'JSON', md: 'Markdown', 'github.md': 'pull request' };


// A file of one table has the scores (or the pairs); what else was asked for has buttons of its own.
function fileQuery(query, kind) {
  const kept = new URLSearchParams(query);
  if (['csv', 'tex', 'json'].includes(kind)) kept.delete('segments');
  if (kind === 'csv' || kind === 'tex' || kept.has('pairs')) ['by', 'words', 'ngrams', 'terms', 'segments'].forEach((key) => kept.delete(key));
  if (kind === 'json' || kind === 'github.md') kept.delete('pairs');
  return kept;
}

// What --fail-if-worse or --gate says.
const verdict = (gate) => section('gate', 'Gate', el('p', { class: gate.passed ? 'passed' : 'notice' }, gate.passed ? 'Passed.' : 'Failed.'), listOf(gate.lines));

// What --segments shows: words of one system that the other lacks are marked.
function contrastList(found, place) {
  const side = (row, k) => [el('dt', {}, text(found.systems[k]), ' ', el('span', { class: 'soft' }, number(row.scores[k]))),
    el('dd', { class: 'text' }, row.pieces[k].map(([part, differs]) => (differs && part.trim() ? el('mark', { class: k ? 'new' : 'gone' }, visible(part)) : visible(part))))];
  place.replaceChildren(el('p', {}, text(found.title)), ...found.rows.map((row) => el('details', { open: true }, el('summary', {}, `${visible(row.id)}  ${number(row.gap, 2, true)}`),
    el('dl', { class: 'detail' }, row.source ? [el('dt', {}, 'source'), el('dd', {}, text(row.source))] : null,
      row.references.map((reference) => [el('dt', {}, 'reference'), el('dd', {}, text(reference))]).flat(), side(row, 0), side(row, 1)))));
}

PAGES.compare = async (main) => {
  const query = new URLSearchParams(location.search);
  const chosenSet = Number(query.get('set') ?? 0);
  query.delete('set');
  main.append(optionForm(await get('options/compare'), query, ['runs', 'baseline', 'metric', 'by']));
  const status = el('p', { role: 'status' }, 'comparing…');
  main.append(status);
  const found = await get('compare', query).finally(() => status.remove());
  main.append(el('p', { class: 'links' }, Object.entries(FILES).map(([kind, name]) => el('a', { href: href(`compare.${kind}`, fileQuery(query, kind)) }, name))));
  if (found.problems.length) main.append(el('details', {}, el('summary', {}, `Notes on the selection: ${found.problems.length}`), listOf(found.problems)));
  const part = (id, title) => section(id, title, el('div', { id: `${id}-body` }));
  main.append(el('div', { class: 'controls', id: 'choose' }), part('results', 'Results'), part('sheets', 'More tables'), part('contrasts', 'Where two systems differ most'), part('charts', 'Charts'), part('alignment', 'Alignment'), part('segments', 'Segments'));
  if (found.gate) main.insertBefore(verdict(found.gate), $('choose'));
  if (found.across.length) main.insertBefore(section('across', 'All test sets', ...found.across.map((sheet, k) => sheetTable(`across-${k}`, sheet))), $('results'));

  let metric = null;
  const redraw = (set) => { drawResults(set, metric); drawCharts(set, metric); };
  const change = async (k) => {
    const set = found.sets[k];
    metric = set.metrics.find((m) => metric && m.key === metric.key) ?? set.metrics[0];
    $('choose').replaceChildren(
      found.sets.length > 1 ? field('Test set', select(found.sets.map((s, i) => [String(i), s.name]), (i) => {
        const address = new URLSearchParams(query);
        if (i !== '0') address.set('set', i);
        history.replaceState(null, '', href('compare', address));
        change(Number(i)).catch(fail);
      }, String(k))) : el('strong', {}, set.name),
      metric ? field('Metric', select(set.metrics.map((m) => [m.key, m.name]), (key) => { metric = set.metrics.find((m) => m.key === key); redraw(set); }, metric.key)) : '');
    if (metric) redraw(set);
    $('sheets').hidden = !set.sheets.length;
    $('sheets-body').replaceChildren(...set.sheets.map((sheet, n) => sheetTable(`table-${n}`, sheet)));
    $('contrasts').hidden = !set.contrasts;
    if (set.contrasts) contrastList(set.contrasts, $('contrasts-body'));
    const asked = new URLSearchParams(query);
    asked.set('set', k);
    READ_DOCUMENTS = () => get('documents', asked);
    await drawAlignment(set, k);
    await exploreSegments($('segments-body'), query, k, set.baseline);
  };
  await change(Math.min(chosenSet, found.sets.length - 1));
};
