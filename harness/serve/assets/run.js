// One run in full: scores, what it was made of, its alignment and its segments.
PAGES.run = async (main) => {
  const path = `run/${encodeURIComponent(NAME)}`;
  const found = await get(path);
  const { row, record } = found;
  if (!record) {
    const state = el('p', {}), log = el('pre', { class: 'log', tabindex: 0 });
    const show = (now) => {
      state.replaceChildren(el('strong', {}, STATES[now.row.state]), ' ', progressCell(now.row));
      log.textContent = visible(now.log ?? '');
    };
    main.append(section('state', 'State', state, found.log ? log : null));
    show(found);
    const follow = async () => {
      const now = await get(path);
      if (now.record) { location.reload(); return; }
      show(now);
      if (now.row.state === 'running') setTimeout(() => follow().catch(fail), 1000);
    };
    if (row.state === 'running') setTimeout(() => follow().catch(fail), 1000);
    return;
  }
  $('title').replaceChildren(text(record.model.name ?? NAME), ' ', el('span', { class: 'soft' }, NAME));
  const one = new URLSearchParams([['runs', NAME]]);
  const links = [el('a', { href: href('compare', new URLSearchParams([['runs', `hash=${record.data.hash}`]])) }, 'Compare with all on this test set'),
    el('a', { href: href('history', new URLSearchParams([['runs', `model=${record.model.name.replace(/\s/g, '?')}`]])) }, 'History of this system')];
  main.append(el('p', { class: 'links' }, links),
    row.problem ? el('p', { class: 'notice' }, row.problem) : '',
    ...record.warnings.map((line) => el('p', { class: 'notice' }, text(line))));

  const corpus = record.scores.filter((score) => score.level === 'corpus');
  const { bootstrap } = record.config, level = Math.round(100 * (bootstrap?.level ?? 0.95));
  const head = [{ name: 'metric', text: true, up: true }, { name: 'score' }, { name: `${level} % from` }, { name: 'to' }, { name: 'segments' }, { name: 'signature', text: true }];
  const plain = (value, digits) => ({ key: value ?? null, show: number(value, digits) });
  main.append(section('scores', 'Scores', sortable('scores', head, corpus.map((score) => {
    const digits = row.scores[score.metric]?.digits ?? 2;
    return { cells: [{ key: score.metric, show: (row.scores[score.metric]?.name ?? score.metric) + (score.higher_is_better ? ' ↑' : ' ↓') }, plain(score.value, digits), plain(score.ci?.[0], digits), plain(score.ci?.[1], digits),
      { key: score.n, show: score.n }, { key: score.signature, show: text(score.signature) }] };
  }), 0), bootstrap && corpus.some((score) => score.ci) ? el('p', { class: 'soft' }, `Intervals: ${level} %, percentile bootstrap over ${corpus.find((score) => score.ci).ci_unit ?? 'segments'}, ${bootstrap.samples} resamples, seed ${bootstrap.seed}. A comparison draws resamples of its own for all its systems together (and prints how many), so its intervals differ a little.`) : null));
  const seconds = Object.entries(record.timings).map(([stage, spent]) => `${stage} ${number(spent, 1)} s`).join(', ');
  main.append(section('about', 'What was run', facts([
    ['test set', `${record.data.name}, ${record.pair.src}-${record.pair.tgt}, ${record.data.n} segments, data ${record.data.hash.slice(0, 8)}`],
    ['model', [...new Set([record.model.name, record.model.id, record.model.revision, record.model.engine].filter(Boolean))].join(' · ')],
    ['finished', record.finished], ['tag', record.tag], ['note', record.note], ['health', row.health],
    ['failed segments', record.failed || null], ['seconds', seconds], ['configuration', record.config_hash],
  ]), ...[['inputs', record.data.inputs], ['configuration', record.config], ['identity of the model', record.model.identity], ['counts', record.counts], ['judges', record.judges], ['environment', record.environment]]
    .filter(([, value]) => value && Object.keys(value).length)
    .map(([name, value]) => el('details', {}, el('summary', {}, name), tree(value)))));
  if (found.aligned) {
    const body = el('div', { id: 'alignment-body' });
    main.append(section('alignment', 'Alignment', el('p', { class: 'links' }, el('a', { href: href(`align/${encodeURIComponent(NAME)}`) }, READ_ONLY ? 'Look at it in the editor' : 'Correct this alignment')), body));
    await showDocuments(body, one, 0);
  }
  const place = el('div', { id: 'segments-body' });
  main.append(section('segments', 'Segments', place));
  await exploreSegments(place, one, 0, null);
};

async function showDocuments(body, query, set) {
  const asked = new URLSearchParams(query);
  asked.set('set', set);
  const documents = await get('documents', asked);
  const place = el('div', { class: 'scroll' });
  const show = (k) => place.replaceChildren(beadTable(documents[k]), exports('alignment', () => beadGrid(documents[k])));
  body.append(el('div', { class: 'controls' }, field('Documents', select(documents.map((d, k) => [String(k), `${d.src.id} – ${d.tgt.id}`]), (k) => show(Number(k)), '0'))), place);
  if (documents.length) show(0);
}
