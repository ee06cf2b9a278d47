// Where systems differ: scores by kind of segment, words by frequency, n-grams that one of two gets right.
const FREQUENCY = 'frequency of words';

async function drawDifferences(set, number) {
  const found = await read(`w${number}`);
  const metric = set.metrics.find((m) => m.key === state.metric) ?? set.metrics[0];
  $('differences-body').replaceChildren(byKind(found.kinds, metric, () => drawDifferences(set, number).catch(fail)),
    ...(found.ngrams ? [el('div', { id: 'ngrams' })] : []));
  if (found.ngrams) drawNgrams(found.ngrams, set.baseline);
}

function byKind(kinds, metric, redraw) {
  const kind = kinds.find((k) => k.name === state.kind) ?? kinds[0];
  const table = kind.table ?? kind.metrics[metric.key];
  const choice = select(kinds.map((k) => [k.name, k.name]), (name) => { state.kind = name === kinds[0].name ? '' : name; writeAddress(); redraw(); }, kind.name);
  return el('div', { id: 'kinds' },
    el('div', { class: 'controls' }, field('By', choice)),
    el('h3', {}, table.title), plain(`by-${kind.name.replaceAll(' ', '-')}`, table, kind.name === FREQUENCY ? 3 : 2),
    el('ul', { class: 'soft' }, kind.notes.map((note) => el('li', {}, note))));
}

// A table in its own order: the cells of the first `labels` columns stand for the rows below them too.
function plain(name, table, labels) {
  const words = table.header.map((title, k) => k === 0 || title === 'system' || title === 'n-gram');
  const rows = table.rows.map((cells, k) => el('tr', { class: table.ends.includes(k) ? 'line' : null },
    cells.map((cell, n) => el(n === 0 ? 'th' : 'td', { scope: n === 0 ? 'row' : null, class: words[n] ? 'name' : 'n' }, words[n] ? named(cell) : cell))));
  const head = el('tr', {}, table.header.map((title, k) => el('th', { scope: 'col', class: `${words[k] ? '' : 'n'}${title.length < 12 ? ' short' : ''}` }, title)));
  const read = () => {
    let above = [];
    return { head: table.header, rows: table.rows.map((cells) => {
      above = cells.map((cell, k) => (k < labels && !cell ? above[k] : cell));
      return above.map((cell) => ({ shown: cell, plain: cell }));
    }) };
  };
  return el('div', {}, el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': table.title }, el('table', {}, el('thead', {}, head), el('tbody', {}, rows))), exports(name, read));
}

function drawNgrams(found, baseline) {
  const of = (a, b) => found.pairs.find((p) => (p.a === a && p.b === b) || (p.a === b && p.b === a));
  const first = found.systems.includes(state.x) ? state.x : found.systems.includes(baseline) ? baseline : found.systems[0];
  const partners = found.systems.filter((name) => of(first, name));
  const second = partners.includes(state.y) ? state.y : partners[0];
  const choose = (x, y) => { Object.assign(state, { x, y }); writeAddress(); drawNgrams(found, baseline); };
  const names = (some) => some.map((name) => [name, visible(name)]);
  const pair = of(first, second), sides = pair.a === first ? pair.sides : [...pair.sides].reverse();
  const side = (mine, other, { rows, only, times }) => {
    const title = `What ${mine} gets right and ${other} does not`;
    const table = { title, header: ['n-gram', 'in references', 'right', 'right in the other'], rows: rows.map((row) => row.map(String)), ends: [] };
    return el('div', {}, el('h4', {}, title),
      el('p', { class: 'soft' }, `${other} never gets right ${only.toLocaleString('en')} n-grams that ${mine} does (${times.toLocaleString('en')} times).`),
      rows.length ? plain(`ngrams-${mine}`, table, 0) : null);
  };
  $('ngrams').replaceChildren(
    el('h3', {}, 'N-grams that one of two systems gets right'),
    el('div', { class: 'controls' }, field('System', picker(names(found.systems), (x) => choose(x, second), first)),
      field('beside', picker(names(partners), (y) => choose(first, y), second))),
    el('div', { class: 'charts' }, side(first, second, sides[0]), side(second, first, sides[1])),
    el('ul', { class: 'soft' }, found.notes.map((note) => el('li', {}, note))));
}
