// All pairs of systems as a heat map: colour by the size of the difference, an outline where nothing is separated.
const SVG = 'http://www.w3.org/2000/svg';

function draw(parent, tag, attributes, content) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (content !== undefined) node.textContent = content;
  parent.append(node);
  return node;
}

// At most `most` characters, the middle left out: names of systems often differ at their end.
function abbreviated(name, most = 22) {
  const letters = [...visible(name)];
  if (letters.length <= most) return letters.join('');
  const head = Math.ceil((most - 1) / 2);
  return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (most - 1 - head)).join('')}`;
}

function pairCells(metric, alpha) {
  const value = new Map(metric.rows.map((row) => [row.system, row.value]));
  const good = metric.up ? 1 : -1;
  return metric.pairs.flatMap(([a, b, p]) => {
    const difference = value.get(a) - value.get(b);
    const open = p === null || !(p < alpha) || metric.neutral;
    return [{ row: a, column: b, p, difference, open, effect: good * difference },
      { row: b, column: a, p, difference: -difference, open, effect: -good * difference }];
  });
}

// The difference of the deepest colour: the largest between systems that are no controls.
function deepest(cells, controls) {
  const sizes = (some) => some.map((c) => Math.abs(c.effect)).filter((x) => Number.isFinite(x) && x > 0);
  const real = sizes(cells.filter((c) => !controls.has(c.row) && !controls.has(c.column)));
  return Math.max(0, ...(real.length ? real : sizes(cells))) || 1;
}

// What the cells say: `difference` or `p`. Where the page has an address, it follows.
const pairCellsShow = { what: 'difference', changed() {} };

function cellText(cell, digits) {
  if (pairCellsShow.what === 'p') return cell.p === null ? '–' : cell.p < 0.001 ? '<.001' : cell.p.toFixed(3).replace(/^0/, '');
  if (cell.difference === 0) return '=';
  return number(cell.difference, digits, true).replace(/^[+-]?0\.0+$/, '≈ 0').replace(/^([+-]?)0\./, '$1.');
}

function pairChart(set, metric) {
  const names = metric.rows.map((r) => r.system), cells = pairCells(metric, set.alpha);
  const most = deepest(cells, controlsOf(set)), digits = most >= 1 ? 1 : most >= 0.1 ? 2 : 3;
  const strong = (c) => !c.open && Math.abs(c.effect) > 0.45 * most; // black reads on these in both themes
  const label = new Map(names.map((name, k) => [name, `${abbreviated(name)}  ${k + 1}`]));
  const side = Math.min(230, 20 + 6.6 * Math.max(...[...label.values()].map((text) => text.length)));
  const size = Math.max(36, Math.min(64, 420 / names.length)), top = 74;
  const width = Math.max(side + 12 + size * names.length, 330), height = top + 6 + Math.max(24, 0.72 * size) * names.length;
  const svg = Plot.plot({
    width, height, marginLeft: side, marginTop: top, marginRight: width - side - size * names.length, marginBottom: 6, padding: 0.08,
    x: { domain: names, label: null, axis: 'top', tickSize: 0, tickFormat: (name) => String(names.indexOf(name) + 1) },
    y: { domain: names, label: null, tickSize: 0, tickFormat: (name) => label.get(name) },
    marks: [
      Plot.cell(cells.filter((c) => !c.open), { x: 'column', y: 'row', fill: (c) => (c.effect > 0 ? BETTER : WORSE),
        fillOpacity: (c) => 0.2 + 0.8 * Math.min(1, Math.abs(c.effect) / most) }),
      Plot.cell(cells, { x: 'column', y: 'row', fill: 'transparent', stroke: OPEN, strokeWidth: (c) => (c.open ? 1 : 0), inset: 0.5,
        title: (c) => `${c.row} beside ${c.column}: ${number(c.difference, digitsOf(metric), true)}, p ${number(c.p, 4)}, ${
          c.open ? 'not separated' : c.effect > 0 ? 'better' : 'worse'}` }),
      Plot.text(cells, { x: 'column', y: 'row', fill: (c) => (strong(c) ? '#000' : 'currentColor'), fillOpacity: (c) => (c.open ? 0.65 : 1), fontSize: size < 40 ? 9.5 : 10.5,
        text: (c) => cellText(c, digits) }),
    ],
    color: { type: 'identity' }, opacity: { type: 'identity' },
  });
  legend(svg, most, digits);
  return svg;
}

// Five steps of each colour and the outline, in the drawing itself, so that a saved one has it too.
function legend(svg, most, digits) {
  const group = draw(svg, 'g', { 'font-size': 10, fill: 'currentColor', class: 'legend', 'text-anchor': 'start' });
  const steps = [-1, -0.75, -0.5, -0.25, 0.25, 0.5, 0.75, 1], step = 26;
  draw(group, 'text', { x: 2, y: 12 }, 'row worse');
  steps.forEach((share, k) => {
    const x = 58 + k * step;
    draw(group, 'rect', { x, y: 3, width: step, height: 11, fill: share > 0 ? BETTER : WORSE, 'fill-opacity': 0.2 + 0.8 * Math.abs(share) });
    if ([0, 2, 5, 7].includes(k)) {
      draw(group, 'text', { x: x + step / 2, y: 26, 'text-anchor': 'middle' }, number(Math.abs(share) * most, digits));
    }
  });
  draw(group, 'text', { x: 58 + 8 * step + 5, y: 12 }, 'row better');
  draw(group, 'rect', { x: 58, y: 36, width: step, height: 11, fill: 'none', stroke: OPEN });
  draw(group, 'text', { x: 58 + step + 5, y: 45 }, 'not separated');
}

function pairFigure(set, metric, redraw) {
  const found = figure(`pairs-${metric.key}`,
    `${metric.name}, row minus column, for all pairs (columns have the numbers of the rows). Colour: the size of the difference, deepest `
    + `from the largest between systems that are no controls; outline: not separated at ${set.alpha}, corrected for all pairs`,
    pairChart(set, metric));
  const cells = select([['difference', 'differences'], ['p', 'p-values']], (value) => { pairCellsShow.what = value; pairCellsShow.changed(value); redraw(); }, pairCellsShow.what);
  found.prepend(el('div', { class: 'controls' }, field('In the cells', cells)));
  return found;
}
