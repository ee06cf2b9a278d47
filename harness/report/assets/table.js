// Results: all metrics at a glance, then one metric against the baseline.
// `unbroken` columns stay on one line, those of `prose` have room for a phrase. `first` is the column it is sorted by at first; -1: none, the rows stand as they are given.
function sortable(name, head, rows, first, label = name) {
  const body = el('tbody');
  let current = first, up = head[first]?.up ?? true, drawn = rows;
  const cells = head.map((column, k) => {
    const button = el('button', { type: 'button', title: column.title ?? null, onclick: () => {
      up = current === k ? !up : (column.up ?? true);
      current = k;
      draw();
    } }, column.name);
    return el('th', { scope: 'col', class: `${column.text ? '' : 'n'}${column.name.length < 12 ? ' short' : ''}`, 'aria-sort': 'none' }, button);
  });
  function draw() {
    cells.forEach((cell, k) => cell.setAttribute('aria-sort', k !== current ? 'none' : up ? 'ascending' : 'descending'));
    const key = (row) => row.cells[current].key;
    const sorted = current < 0 ? rows : [...rows].sort((a, b) => {
      const x = key(a), y = key(b);
      if (x === null || y === null) return (x === null) - (y === null); // the undefined last, both ways
      return (typeof x === 'string' ? x.localeCompare(y) : x - y) * (up ? 1 : -1);
    });
    drawn = sorted;
    body.replaceChildren(...sorted.map((row) => el('tr', { class: row.line && current === first ? 'line' : null },
      row.cells.map((cell, k) => el(k === 0 ? 'th' : 'td', {
        scope: k === 0 ? 'row' : null,
        class: `${head[k].text ? (head[k].unbroken ? 'unbroken' : head[k].prose ? 'prose' : '') : 'n'}${cell.best ? ' best' : ''}`, title: cell.title ?? null,
      }, cell.show)))));
  }
  draw();
  const table = el('table', {}, el('thead', {}, el('tr', {}, cells)), body);
  return el('div', {}, el('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': label }, table),
    exports(name, () => grid(head, drawn)));
}

// The table as it stands, in cells (`said` where a cell shows more than its text): `plain` the numbers unrounded, `shown` as they are shown.
function grid(head, rows) {
  const shown = ({ show, said }) => said ?? (show instanceof Node
    ? (show.querySelector(':scope > :not(wbr)') ? [...show.children].map((n) => n.textContent).join(', ') : show.textContent) : String(show));
  return { head: head.map((column) => column.name.replaceAll('\u00a0', ' ')), rows: rows.map((row) => row.cells.map((cell, k) => (
    { shown: shown(cell), plain: head[k].text || cell.show instanceof Node || typeof cell.key !== 'number' ? shown(cell) : String(cell.key) }))) };
}

function exports(name, read) {
  const save = (ending, type, write) => () => {
    const url = URL.createObjectURL(new Blob([write(read())], { type }));
    download(`${name}.${ending}`, url);
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  };
  return el('div', { class: 'buttons' },
    el('button', { type: 'button', 'aria-label': `Save ${name} as CSV`, onclick: save('csv', 'text/csv', csvOf) }, 'CSV'),
    el('button', { type: 'button', 'aria-label': `Save ${name} as LaTeX`, onclick: save('tex', 'application/x-tex', latexOf) }, 'LaTeX'));
}

function csvOf({ head, rows }) {
  const cell = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  return [head, ...rows.map((row) => row.map((c) => c.plain))].map((line) => `${line.map(cell).join(',')}\n`).join('');
}

function latexOf({ head, rows }) {
  const special = { '\\': '\\textbackslash{}', '~': '\\textasciitilde{}', '^': '\\textasciicircum{}', '↑': '$\\uparrow$', '↓': '$\\downarrow$',
    'Δ': '$\\Delta$', '±': '$\\pm$', '≥': '$\\geq$', '–': '--' };
  const tex = (value) => visible(value).replace(/[\\~^↑↓Δ±≥–&%$#_{}]/g, (c) => special[c] ?? `\\${c}`).replace(/\s+/g, ' ');
  const line = (cells) => `${cells.map(tex).join(' & ')} \\\\`;
  return ['% needs booktabs', `\\begin{tabular}{l${'r'.repeat(head.length - 1)}}`, '\\toprule', line(head), '\\midrule',
    ...rows.map((row) => line(row.map((c) => c.shown))), '\\bottomrule', '\\end{tabular}', ''].join('\n');
}

// The best score among systems that are not the reference, and those not significantly worse than it.
function standing(set, metric) {
  const ceilings = new Set(set.systems.filter((s) => s.engine === 'reference').map((s) => s.name));
  const real = metric.rows.filter((r) => !ceilings.has(r.system) && r.value !== null);
  if (metric.neutral || real.length < 2) return () => '';
  const best = real[0];
  const tested = new Map(metric.pairs.flatMap(([a, b, p]) => (a === best.system ? [[b, p]] : b === best.system ? [[a, p]] : [])));
  return (row) => {
    if (!real.includes(row)) return '';
    if (row.value === best.value) return 'best';
    const p = tested.get(row.system);
    return p !== null && p !== undefined && p >= set.alpha ? 'level' : '';
  };
}

// A system that does not translate stands out by its name, as in the terminal.
function markedName(set, name) {
  const shown = named(name);
  if (set.systems.find((s) => s.name === name)?.broken) shown.prepend(el('strong', { class: 'broken', title: 'a fifth of the outputs or more has a flag that a system which translates hardly gets' }, '‼\u00a0'));
  return shown;
}

function overview(set, chosen) {
  const places = new Map(set.metrics.map((metric) => [metric.key, standing(set, metric)]));
  const head = [{ name: 'system', text: true, up: true }];
  for (const metric of set.metrics) {
    head.push({ name: metric.name + arrow(metric), title: metric.signature, up: !metric.up });
  }
  head.push({ name: 'health', text: true });
  const rows = set.systems.map((system) => {
    const about = [system.run, system.id, system.revision, system.engine].filter(Boolean).join('\n');
    const cells = [{ key: system.name, show: markedName(set, system.name), said: system.name, title: about }];
    for (const metric of set.metrics) {
      const row = metric.rows.find((r) => r.system === system.name);
      const half = row && row.ci[0] !== null ? ` ± ${number((row.ci[1] - row.ci[0]) / 2, digitsOf(metric))}` : '';
      cells.push(row
        ? { key: row.value, title: metric.signature, best: places.get(metric.key)(row) === 'best',
          show: [number(row.value, digitsOf(metric)) + half,
            el('sup', { class: 'level' }, places.get(metric.key)(row) === 'level' ? '†' : '')] }
        : { key: null, show: '–' });
    }
    const flags = Object.entries(system.health);
    cells.push({ key: flags.reduce((sum, [, n]) => sum + n, 0), show: flags.length
      ? el('span', {}, flags.map(([flag, n]) => el('span', { class: system.broken ? 'flag grave' : 'flag' }, `${n} ${flag}`))) : 'ok' });
    return { cells };
  });
  return sortable('overview', head, rows, 1 + Math.max(0, set.metrics.indexOf(chosen)), 'Scores of all metrics');
}

function against(set, metric) {
  const digits = digitsOf(metric), several = metric.rows.length > 1;
  const judged = metric.rows.some((row) => row.gap && row.gap.human !== null);
  const span = ([low, high]) => (low === null ? '–' : `[${number(low, digits)}, ${number(high, digits)}]`);
  const head = [{ name: 'system', text: true }, { name: 'rank' }, { name: 'range' },
    { name: metric.name + arrow(metric), up: !metric.up },
    { name: '95 % interval' }];
  if (several) {
    head.push({ name: `Δ to ${metric.baseline}`, up: !metric.up }, { name: '95 % interval of Δ' });
    head.push({ name: `p (${set.correction})` });
    for (const test of set.tests) head.push({ name: `p (${test.key})` });
    head.push({ name: 'wins' }, { name: 'ties' }, { name: 'losses' });
    if (judged) head.push({ name: 'judges agree' });
  }
  const rows = metric.rows.map((row, k) => {
    const cells = [{ key: row.system, show: markedName(set, row.system), said: row.system }, { key: row.cluster, show: row.cluster ?? '–' },
      { key: row.ranks && row.ranks[0], show: row.ranks ? [...new Set(row.ranks)].join('–') : '–' },
      { key: row.value, show: number(row.value, digits) },
      { key: row.ci[0], show: span(row.ci) }];
    const gap = row.gap, even = gap && gap.value === 0;
    if (several) {
      const plain = (value, show) => ({ key: value ?? null, show });
      cells.push(plain(gap ? gap.value : 0, gap ? (even ? '=' : number(gap.value, digits, true)) : 'baseline'));
      cells.push(plain(gap && gap.ci[0], gap ? (gap.identical ? '=' : span(gap.ci)) : ''));
      cells.push(plain(gap && gap.corrected, gap ? (even ? '=' : number(gap.corrected, 4)) : ''));
      for (const test of set.tests) cells.push(plain(gap && gap.p[test.key], gap ? (even ? '=' : number(gap.p[test.key], 4)) : ''));
      for (const kind of ['wins', 'ties', 'losses']) cells.push(plain(gap && gap.segments[kind], gap ? gap.segments[kind] : ''));
      if (judged) cells.push(plain(gap && gap.human, gap ? (even ? '=' : gap.human === null ? '–' : `${Math.round(100 * gap.human)} %`) : ''));
    }
    return { cells, line: k + 1 < metric.rows.length && metric.rows[k + 1].cluster !== row.cluster };
  });
  return sortable(`against-${metric.key}`, head, rows, 2, `${metric.name} against ${metric.baseline}`);
}

function drawResults(set, metric) {
  $('results-body').replaceChildren(
    ...(set.edited ?? []).map((line) => el('p', { class: 'notice' }, visible(line))),
    overview(set, metric),
    el('p', { class: 'soft' }, `Bold: the best score, the reference aside. †: not significantly worse than it (p ≥ ${set.alpha}, corrected for all pairs). Hover or focus a heading for the signature of a metric.`),
    el('h3', {}, `${metric.name} against ${metric.baseline}`),
    el('p', { class: 'soft' }, metric.signature),
    against(set, metric),
    el('ul', { class: 'soft' }, set.notes.map((note) => el('li', {}, note))));
}

// Paper cannot be scrolled: tables wider than it are scaled down to its width (A4 less its margins).
const PAPER = 690;

function fitPaper(on = true) {
  for (const table of document.querySelectorAll('.scroll table')) {
    table.classList.toggle('paper', on);
    table.style.zoom = '';
    if (on && table.scrollWidth > PAPER) table.style.zoom = String(PAPER / table.scrollWidth);
  }
}
