// Charts by Observable Plot. Colours are chosen to read on white and on black.
const BETTER = '#3b82c4', WORSE = '#d9822b', OPEN = '#9aa3ad';

function figure(name, caption, svg) {
  const buttons = el('div', { class: 'buttons' },
    el('button', { type: 'button', onclick: () => saveSvg(name, svg) }, 'Save SVG'),
    el('button', { type: 'button', onclick: () => savePng(name, svg) }, 'Save PNG'));
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', caption);
  return el('figure', { 'data-chart': name }, el('div', { class: 'drawing' }, svg), el('figcaption', {}, caption), buttons);
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

// Drawn as wide as there is room, so that a phone does not shrink the letters.
// That of a column of `.charts`, whose figures are at least 34rem wide and 2rem apart.
function chartWidth() {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize), gap = 2 * rem;
  const all = $('charts-body').clientWidth || 620;
  const columns = Math.max(1, Math.floor((all + gap) / (34 * rem + gap)));
  return Math.max(300, Math.min(620, Math.floor((all - gap * (columns - 1)) / columns)));
}
// Of that at most 13 or 32 letters are for the names beside a chart.
const beside = (name) => abbreviated(name, chartWidth() < 480 ? 13 : 32);
const longest = (names) => Math.min(260, 24 + 7 * Math.max(...names.map((n) => beside(n).length)));

// Systems that bound the scale (the reference, the source unchanged) and say nothing of the others.
const controlsOf = (set) => new Set(set.systems.filter((s) => ['reference', 'copy'].includes(s.engine)).map((s) => s.name));

function intervalChart(set, metric) {
  const names = metric.rows.map((r) => r.system), controls = controlsOf(set);
  const rows = metric.rows.filter((r) => r.value !== null);
  const low = (r) => r.ci[0] ?? r.value, high = (r) => r.ci[1] ?? r.value;
  const real = rows.filter((r) => !controls.has(r.system)), scale = real.length ? real : rows;
  let from = Math.min(...scale.map(low)), to = Math.max(...scale.map(high));
  const room = 0.06 * (to - from || Math.abs(to) || 1);
  [from, to] = [from - room, to + room];
  const inside = rows.filter((r) => r.value >= from && r.value <= to);
  const beyond = rows.filter((r) => !inside.includes(r)).map((r) => ({ ...r, right: r.value > to, edge: r.value > to ? to : from }));
  const clip = (x) => Math.max(from, Math.min(to, x)), value = (r) => number(r.value, digitsOf(metric));
  const svg = Plot.plot({
    width: chartWidth(), height: 70 + 26 * names.length, marginLeft: longest(names), marginRight: 24, grid: true,
    x: { label: `${metric.name}${arrow(metric)}`, domain: [from, to] },
    y: { domain: names, label: null, tickFormat: beside },
    marks: [
      Plot.ruleY(inside, { y: 'system', x1: (r) => clip(low(r)), x2: (r) => clip(high(r)), strokeWidth: 2 }),
      Plot.dot(inside, { x: 'value', y: 'system', fill: BETTER, r: 5,
        title: (r) => `${r.system}: ${value(r)} [${number(low(r))}, ${number(high(r))}]` }),
      ...[true, false].map((right) => Plot.text(beyond.filter((r) => r.right === right), { x: 'edge', y: 'system', fill: 'currentColor',
        textAnchor: right ? 'end' : 'start', dx: right ? 0 : 4, text: (r) => (right ? `${value(r)} ►` : `◄ ${value(r)}`) })),
    ],
  });
  const outside = beyond.length ? `; beyond the axis, by an arrow: ${beyond.map((r) => r.system).join(', ')}` : '';
  return figure(`intervals-${metric.key}`, `${metric.name} with its 95 % bootstrap interval${outside}`, svg);
}

function thresholdChart(set, metric) {
  const points = [], labels = [], view = set.view, ceilings = new Set(set.systems.filter((s) => s.engine === 'reference').map((s) => s.name));
  const drawn = metric.rows.length > ceilings.size ? (name) => !ceilings.has(name) : () => true;
  for (const subset of view.subsets) {
    const label = `${subset.threshold === null ? subset.label : `≥ ${subset.threshold}`} (${subset.n})`;
    labels.push(label);
    for (const [system, value] of Object.entries(subset.scores[metric.key])) if (drawn(system)) points.push({ label, system, value });
  }
  const grid = points.filter((p) => !p.label.startsWith('without'));
  labels.unshift(labels.pop()); // without partial beads first, so that names fit behind the last threshold
  const last = labels[labels.length - 1], right = longest(metric.rows.map((r) => r.system));
  const steep = (chartWidth() - 50 - right) / labels.length < 60; // or the first label is cut on the left
  const svg = Plot.plot({
    width: chartWidth(), height: 340, marginLeft: 50, marginRight: right, marginBottom: steep ? 135 : 90,
    grid: true, x: { domain: labels, label: null, tickRotate: steep ? -70 : -35 },
    y: { label: `${metric.name}${arrow(metric)}`, nice: true },
    color: { scheme: 'tableau10' },
    marks: [
      Plot.line(grid, { x: 'label', y: 'value', stroke: 'system', strokeWidth: 2 }),
      Plot.dot(points, { x: 'label', y: 'value', fill: 'system', r: 3.5,
        title: (p) => `${p.system}, ${p.label}: ${number(p.value)}` }),
      Plot.text(grid.filter((p) => p.label === last && p.value !== null),
        { x: 'label', y: 'value', text: (p) => beside(p.system), fill: 'system', textAnchor: 'start', dx: 8 }),
    ],
  });
  return figure(`alignment-${metric.key}`,
    `${metric.name} over beads of at least each confidence (how many in brackets), and without beads flagged partial`, svg);
}

function drawCharts(set, metric) {
  const grid = el('div', { class: 'charts' }, intervalChart(set, metric));
  if (set.systems.length > 1) grid.append(pairFigure(set, metric, () => drawCharts(set, metric)));
  if (set.view) grid.append(thresholdChart(set, metric));
  if (set.power?.[metric.key]) grid.append(powerChart(metric, set.power[metric.key]));
  if (set.history) grid.append(historyChart(metric, set.history) ?? '');
  $('charts-body').replaceChildren(grid);
  drawn = { set, metric, width: chartWidth() };
}

// What is drawn, and how wide: a turned phone or a dragged window gets charts of its own width.
let drawn = null;

function redrawResized() {
  if (drawn && chartWidth() !== drawn.width) drawCharts(drawn.set, drawn.metric);
}
