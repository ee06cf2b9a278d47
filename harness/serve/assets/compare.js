// A comparison with every option of the verb; tables, charts and viewers are those of the report.
let READ_DOCUMENTS = null;
const read = () => READ_DOCUMENTS();

PAGES.compare = async (main) => {
  const query = new URLSearchParams(location.search);
  const chosenSet = Number(query.get('set') ?? 0);
  query.delete('set');
  main.append(optionForm(await get('options/compare'), query, ['runs', 'baseline', 'metric', 'by']));
  const status = el('p', { role: 'status' }, 'comparing…');
  main.append(status);
  const found = await get('compare', query);
  status.remove();
  main.append(el('p', { class: 'links' }, ['csv', 'tex', 'json'].map((kind) => el('a', { href: href(`compare.${kind}`, query) }, { csv: 'CSV', tex: 'LaTeX', json: 'JSON' }[kind]))));
  if (found.problems.length) main.append(el('details', {}, el('summary', {}, `${found.problems.length} notes on the selection`), listOf(found.problems)));
  const part = (id, title) => section(id, title, el('div', { id: `${id}-body` }));
  main.append(el('div', { class: 'controls', id: 'choose' }), part('results', 'Results'), part('sheets', 'More tables'), part('charts', 'Charts'), part('alignment', 'Alignment'), part('segments', 'Segments'));
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
    const asked = new URLSearchParams(query);
    asked.set('set', k);
    READ_DOCUMENTS = () => get('documents', asked);
    await drawAlignment(set, k);
    await exploreSegments($('segments-body'), query, k, set.baseline);
  };
  await change(Math.min(chosenSet, found.sets.length - 1));
};
