// The list of runs: filters in the address, and running ones followed while they work.
const STATES = { running: '▶ running', finished: 'finished', failed: '✖ failed', crashed: '■ stopped', damaged: '✖ damaged' };

function progressCell(row) {
  const { progress } = row;
  if (!progress) return text(row.problem ?? '');
  const bar = progress.total ? el('progress', { max: progress.total, value: progress.done }) : null;
  const rate = progress.done && progress.seconds > 1 ? progress.done / progress.seconds : null;
  const left = row.state === 'running' && rate && progress.total ? Math.round((progress.total - progress.done) / rate) : null;
  return el('span', { class: 'progress' }, text(progress.task), ' ', bar, ' ', progress.total ? `${progress.done} of ${progress.total}` : '',
    left === null ? '' : `, ${left < 120 ? `${left} s` : `${Math.round(left / 60)} min`} left`, row.state === 'crashed' ? ' (run the same command to go on)' : '');
}

PAGES.runs = async (main) => {
  const query = new URLSearchParams(location.search);
  const filters = el('div', { class: 'controls', role: 'search' }), place = el('div'), status = el('p', { class: 'soft', role: 'status' }), pager = el('div', { class: 'controls' });
  const chosen = new Set();
  const compare = el('button', { type: 'button', class: 'main', disabled: true, onclick: () => {
    location.href = href('compare', new URLSearchParams([...chosen].map((run) => ['runs', run])));
  } }, 'Compare the chosen');
  main.append(filters, el('div', { class: 'controls' }, compare, el('a', { href: href('runs.csv') }, 'All runs as CSV')), status, place, pager);
  let facets = '';

  const change = (key, value) => {
    if (value) query.set(key, value); else query.delete(key);
    if (key !== 'page') query.delete('page');
    history.replaceState(null, '', href('', query));
    refresh().catch(fail);
  };

  const drawFilters = (found) => {
    const now = JSON.stringify(found.facets);
    if (now === facets) return; // else a choice would close under the mouse
    facets = now;
    const search = el('input', { type: 'search', id: 'search', value: query.get('q') ?? '', placeholder: 'words in id, model, tag, data', oninput: () => change('q', search.value) });
    const choice = (key) => (found.facets[key].length > 1 || query.get(key)
      ? field(key, select([['', 'all'], ...found.facets[key].map((v) => [v, v])], (v) => change(key, v), query.get(key) ?? '')) : null);
    const every = el('input', { type: 'checkbox', checked: query.has('every'), onchange: () => change('every', every.checked ? '1' : '') });
    const held = document.activeElement?.id === 'search';
    filters.replaceChildren(field('Search', search), ...['state', 'pair', 'data', 'model', 'engine', 'tag'].map(choice).filter(Boolean), field('also older runs', every));
    if (held) { $('search').focus(); $('search').setSelectionRange(search.value.length, search.value.length); }
  };

  const heading = (key, name, up, title) => {
    const sort = query.get('sort') ?? '-run', is = sort.replace(/^-/, '') === key;
    return el('th', { scope: 'col', 'aria-sort': !is ? 'none' : sort.startsWith('-') ? 'descending' : 'ascending' },
      el('button', { type: 'button', title, onclick: () => change('sort', is ? (sort.startsWith('-') ? key : `-${key}`) : (up ? `-${key}` : key)) }, name));
  };

  const draw = (found) => {
    drawFilters(found);
    status.textContent = found.total ? `${found.count} shown, ${found.total} runs in the store` : 'No runs yet. Make one with: python -m harness run';
    const rows = found.rows.map((row) => {
      const box = el('input', { type: 'checkbox', 'aria-label': `choose ${row.run}`, checked: chosen.has(row.run), disabled: row.state !== 'finished', onchange: () => {
        if (box.checked) chosen.add(row.run); else chosen.delete(row.run);
        compare.disabled = !chosen.size;
      } });
      const cells = row.state === 'finished'
        ? [el('td', { class: 'model' }, text(row.model)), el('td', {}, row.pair), el('td', { 'data-head': 'data' }, text(row.data), ' ', el('span', { class: 'soft' }, row.hash)), el('td', { class: 'n', 'data-head': 'n' }, row.n),
          ...found.metrics.map((metric) => {
            const score = row.scores[metric.key];
            if (!score) return el('td', { class: 'n none' }, '–');
            const half = score.ci ? ` ± ${number((score.ci[1] - score.ci[0]) / 2, score.digits)}` : '';
            return el('td', { class: 'n', title: score.signature, 'data-head': metric.name }, number(score.value, score.digits) + half);
          }), el('td', { class: 'health', 'data-head': 'health' }, text(row.health)), el('td', {}, row.tag ? el('span', { class: 'flag' }, text(row.tag)) : '', row.note ? text(row.note) : '', row.problem ? el('span', { class: 'flag', title: row.problem }, 'edited') : '')]
        : [el('td', { class: 'why', colspan: 6 + found.metrics.length }, progressCell(row))];
      return el('tr', { 'data-run': row.run, class: row.state }, el('td', {}, box), el('th', { scope: 'row' }, el('a', { href: runHref(row.run) }, row.run)),
        el('td', { class: 'state' }, STATES[row.state]), cells);
    });
    const head = [el('th', { scope: 'col' }, ''), heading('run', 'run', true), heading('state', 'state'), heading('model', 'model'), heading('pair', 'pair'), heading('data', 'data'), heading('n', 'n', true),
      ...found.metrics.map((m) => heading(m.key, m.name + (m.up ? ' ↑' : ' ↓'), m.up)), el('th', { scope: 'col' }, 'health'), el('th', { scope: 'col' }, 'tag, note')];
    const focus = document.activeElement?.closest?.('tr')?.dataset.run, tag = document.activeElement?.tagName;
    const before = place.querySelector('.scroll'), held = before ? [before.scrollLeft, before.scrollTop] : [0, 0];
    const many = found.metrics.length > 5;
    place.replaceChildren(el('div', { class: 'scroll held', tabindex: 0, role: 'region', 'aria-label': 'runs' }, el('table', { class: many ? 'runs many' : 'runs' }, el('thead', {}, el('tr', {}, head)), el('tbody', {}, rows))),
      exports('runs', () => ({
        head: ['run', 'state', 'model', 'pair', 'data', 'hash', 'n', ...found.metrics.map((m) => m.name), 'health', 'tag'],
        rows: found.rows.map((row) => [row.run, row.state, row.model, row.pair, row.data, row.hash, row.n,
          ...found.metrics.map((m) => row.scores[m.key] ?? null), row.health, row.tag].map((cell) => (
          cell !== null && typeof cell === 'object' ? { plain: String(cell.value ?? ''), shown: number(cell.value, cell.digits) } : { plain: String(cell ?? ''), shown: String(cell ?? '') }))),
      })));
    place.querySelector('.scroll').scrollTo(...held);
    if (focus && tag === 'INPUT') place.querySelector(`tr[data-run="${CSS.escape(focus)}"] input`)?.focus();
    const turn = (step) => () => change('page', String(found.page + step));
    pager.replaceChildren(...(found.pages > 1 ? [el('button', { type: 'button', disabled: found.page === 0, onclick: turn(-1) }, 'Previous'),
      el('span', {}, `page ${found.page + 1} of ${found.pages}`), el('button', { type: 'button', disabled: found.page + 1 >= found.pages, onclick: turn(1) }, 'Next')] : []));
  };

  let last = '', live = false, asked = 0;
  const refresh = async () => {
    const mine = ++asked, found = await get('runs', query);
    if (mine !== asked) return;
    live = found.live;
    const now = JSON.stringify(found) + String(query);
    if (now !== last) { last = now; draw(found); }
  };
  await refresh();
  const follow = async () => {
    try {
      if (!document.hidden) await refresh();
      $('problem').hidden = true;
    } catch (error) {
      $('problem').hidden = false;
      $('problem').textContent = `Not up to date: ${error.message}`;
    }
    setTimeout(follow, live ? 1000 : 4000);
  };
  setTimeout(follow, 1000);
};
