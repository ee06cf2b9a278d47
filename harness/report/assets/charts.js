// Charts by Observable Plot. Colours are chosen to read on white and on black.
const BETTER = '#3b82c4', WORSE = '#d9822b', OPEN = '#9aa3ad';

function figure(name, caption, svg) {
  const buttons = el('div', { class: 'buttons' },
    el('button', { type: 'button', onclick: () => saveSvg(name, svg) }, 'Save SVG'),
    el('button', { type: 'button', onclick: () => savePng(name, svg) }, 'Save PNG'));
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', caption);
  return el('figure', { 'data-chart': name }, svg, el('figcaption', {}, caption), buttons);
}

// A copy for paper: black on white, whatever the theme of the page.
function forPaper(svg) {
  const copy = svg.cloneNode(true);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('color', '#000');
  const [, , width, height] = copy.getAttribute('viewBox').split(' ').map(Number);
  copy.setAttribute('width', width);
  copy.setAttribute('height', height);
  const back = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [key, value] of Object.entries({ width, height, fill: '#fff' })) back.setAttribute(key, value);
  copy.prepend(back);
  return { markup: new XMLSerializer().serializeToString(copy), width, height };
}

function saveSvg(name, svg) {
  const url = URL.createObjectURL(new Blob([forPaper(svg).markup], { type: 'image/svg+xml' }));
  download(`${name}.svg`, url);
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

async function savePng(name, svg) {
  const { markup, width, height } = forPaper(svg);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(markup)}`;
  await image.decode();
  const canvas = el('canvas', { width: 3 * width, height: 3 * height });
  canvas.getContext('2d').drawImage(image, 0, 0, 3 * width, 3 * height);
  download(`${name}.png`, canvas.toDataURL('image/png'));
}

const longest = (names) => Math.min(260, 24 + 7 * Math.max(...names.map((n) => n.length)));

function intervalChart(metric) {
  const names = metric.rows.map((r) => r.system);
  const rows = metric.rows.filter((r) => r.value !== null);
  const low = (r) => r.ci[0] ?? r.value, high = (r) => r.ci[1] ?? r.value;
  const svg = Plot.plot({
    width: 620, height: 70 + 26 * names.length, marginLeft: longest(names), grid: true,
    x: { label: `${metric.name}${arrow(metric)}`, nice: true }, y: { domain: names, label: null },
    marks: [
      Plot.ruleY(rows, { y: 'system', x1: low, x2: high, strokeWidth: 2 }),
      Plot.dot(rows, { x: 'value', y: 'system', fill: BETTER, r: 5,
        title: (r) => `${r.system}: ${number(r.value)} [${number(low(r))}, ${number(high(r))}]` }),
    ],
  });
  return figure(`intervals-${metric.key}`, `${metric.name} with its 95 % bootstrap interval`, svg);
}

function pairChart(metric, alpha) {
  const names = metric.rows.map((r) => r.system);
  const cells = [];
  for (const [a, b, p] of metric.pairs) { // a ranks above b
    const open = p === null || !(p < alpha) || metric.neutral;
    cells.push({ row: a, column: b, p, verdict: open ? 'not separated' : 'row better' });
    cells.push({ row: b, column: a, p, verdict: open ? 'not separated' : 'row worse' });
  }
  const side = longest(names), cell = Math.max(34, Math.min(60, 480 / names.length));
  const svg = Plot.plot({
    width: side + 40 + cell * names.length, height: side + 30 + cell * names.length,
    marginLeft: side, marginBottom: side, padding: 0.06,
    x: { domain: names, label: null, tickRotate: -60 }, y: { domain: names, label: null },
    color: { domain: ['row better', 'row worse', 'not separated'], range: [BETTER, WORSE, OPEN] },
    marks: [
      Plot.cell(cells, { x: 'column', y: 'row', fill: 'verdict',
        title: (c) => `${c.row} beside ${c.column}: ${c.verdict}, p ${number(c.p, 4)}` }),
      Plot.text(cells, { x: 'column', y: 'row', fill: 'black', fontSize: 10,
        text: (c) => (c.p === null ? '–' : c.p < 0.001 ? '<.001' : c.p.toFixed(3).replace(/^0/, '')) }),
    ],
  });
  return figure(`pairs-${metric.key}`,
    `${metric.name}: p of all pairs, corrected for their number. Blue: the row is better; orange: worse; grey: not separated at ${alpha}`,
    svg);
}

function thresholdChart(metric, view) {
  const points = [], labels = [];
  for (const subset of view.subsets) {
    const label = `${subset.threshold === null ? subset.label : `≥ ${subset.threshold}`} (${subset.n})`;
    labels.push(label);
    for (const [system, value] of Object.entries(subset.scores[metric.key])) points.push({ label, system, value });
  }
  const grid = points.filter((p) => !p.label.startsWith('without'));
  labels.unshift(labels.pop()); // without partial beads first, so that names fit behind the last threshold
  const last = labels[labels.length - 1];
  const svg = Plot.plot({
    width: 620, height: 340, marginLeft: 50, marginRight: longest(metric.rows.map((r) => r.system)), marginBottom: 90,
    grid: true, x: { domain: labels, label: null, tickRotate: -35 },
    y: { label: `${metric.name}${arrow(metric)}`, nice: true },
    color: { scheme: 'tableau10' },
    marks: [
      Plot.line(grid, { x: 'label', y: 'value', stroke: 'system', strokeWidth: 2 }),
      Plot.dot(points, { x: 'label', y: 'value', fill: 'system', r: 3.5,
        title: (p) => `${p.system}, ${p.label}: ${number(p.value)}` }),
      Plot.text(grid.filter((p) => p.label === last && p.value !== null),
        { x: 'label', y: 'value', text: 'system', fill: 'system', textAnchor: 'start', dx: 8 }),
    ],
  });
  return figure(`alignment-${metric.key}`,
    `${metric.name} over beads of at least each confidence (how many in brackets), and without beads flagged partial`, svg);
}

function drawCharts(set, metric) {
  const grid = el('div', { class: 'charts' }, intervalChart(metric));
  if (set.systems.length > 1) grid.append(pairChart(metric, set.alpha));
  if (set.view) grid.append(thresholdChart(metric, set.view));
  if (set.power[metric.key]) grid.append(powerChart(metric, set.power[metric.key]));
  grid.append(historyChart(metric, set.history) ?? '');
  $('charts-body').replaceChildren(grid);
}
