// What the test set can tell, and the systems over their runs.
function powerChart(metric, power) {
  const name = `${metric.name}${arrow(metric)}`, digits = (power.smallest ?? 1) > 0.1 ? 2 : 4;
  const curve = power.curve.map(([n, difference]) => ({ n, difference }));
  const told = power.smallest === null
    ? `${power.n} ${power.unit} are too few for any test: they cannot show which system is better.`
    : `With ${power.n} ${power.unit}, a difference of ${number(power.smallest, digits)} is found ${Math.round(100 * power.power)} times in 100`
      + (power.systems > 2 ? ` (by pair of systems ${number(power.lowest, digits)} to ${number(power.highest, digits)}).` : '.');
  const marks = [
    Plot.line(curve, { x: 'n', y: 'difference', stroke: BETTER, strokeWidth: 2 }),
    Plot.dot(curve, { x: 'n', y: 'difference', fill: BETTER, r: 3,
      title: (c) => `${c.n} ${power.unit}: ${number(c.difference, digits)}` }),
  ];
  if (power.smallest !== null) {
    marks.push(Plot.dot([power], { x: 'n', y: 'smallest', stroke: WORSE, strokeWidth: 2.5, r: 7,
      title: () => `this test set, ${power.n}: ${number(power.smallest, digits)}` }));
  }
  const noticed = power.wanted === null ? ''
    : ` Dashed: ${number(power.wanted)}, which 60 % of judges notice; detected with ${power.needed === null ? 'over 10,000,000' : `${power.needed.toLocaleString('en')} ${power.unit}`}.`;
  if (power.wanted !== null) marks.push(Plot.ruleY([power.wanted], { stroke: OPEN, strokeDasharray: '5,4' }));
  const svg = Plot.plot({
    width: chartWidth(), height: 320, marginLeft: 55, marginBottom: 40, grid: true,
    x: { type: 'log', label: `${power.unit} in the test set`, tickFormat: (n) => n.toLocaleString('en') },
    y: { label: `smallest difference in ${name} that is detected`, zero: true, nice: true },
    marks,
  });
  return figure(`power-${metric.key}`, `What a test set of each size can tell about ${metric.name}. ${told}${noticed}`, svg);
}

function historyChart(metric, histories) {
  const points = [];
  for (const { system, runs } of histories) {
    for (const run of runs) {
      const value = run.scores[metric.key] ?? null;
      if (value !== null) points.push({ ...run, system, value, line: `${system} ${run.data}` });
    }
  }
  if (points.length < 2) return null;
  const order = [...new Set(points.map((p) => p.run))].sort();
  const when = new Map(points.map((p) => [p.run, p.when]));
  const every = Math.ceil(order.length / (chartWidth() < 480 ? 6 : 12));
  const days = new Set([...when.values()].map((at) => at.slice(0, 10)));
  const label = (run) => (days.size > 1 ? when.get(run) : when.get(run).slice(11));
  const ticks = order.filter((_, i) => i % every === 0).filter((run, i, all) => i === 0 || label(run) !== label(all[i - 1]));
  const svg = Plot.plot({
    width: chartWidth(), height: 360, marginLeft: 55, marginBottom: 105,
    marginRight: longest(histories.map((h) => h.system)), grid: true,
    x: { type: 'point', domain: order, label: days.size > 1 ? null : [...days][0], tickRotate: -45, ticks, tickFormat: label },
    y: { label: `${metric.name}${arrow(metric)}`, nice: true },
    color: { scheme: 'tableau10', domain: histories.map((h) => h.system) },
    marks: [
      Plot.line(points, { x: 'run', y: 'value', z: 'line', stroke: 'system', strokeWidth: 2 }),
      Plot.dot(points, { x: 'run', y: 'value', fill: 'system', r: 4,
        title: (p) => [`${p.system}, ${p.run} (${p.when}, data ${p.data}): ${number(p.value)}`, ...p.changes].join('\n') }),
      Plot.text(points, Plot.selectLast({ x: 'run', y: 'value', z: 'system', text: (p) => beside(p.system), fill: 'system',
        textAnchor: 'start', dx: 9 })),
    ],
  });
  const rows = points.filter((p) => p.changes.length > 0).map((p) => el('tr', {},
    el('td', { class: 'unbroken' }, p.when), el('td', {}, text(p.system)), el('td', { class: 'unbroken' }, p.run), el('td', { class: 'n' }, number(p.value)),
    el('td', {}, text(p.changes.join('; ')))));
  const drawn = figure(`history-${metric.key}`,
    `${metric.name} of each system over its runs; a line joins runs on the same data.`, svg);
  if (rows.length > 0) {
    drawn.append(el('details', {}, el('summary', {}, 'What changed from run to run'),
      el('div', { class: 'scroll' }, el('table', {},
        el('thead', {}, el('tr', {}, ['when', 'system', 'run', metric.name, 'changed'].map((h) => el('th', {}, h)))),
        el('tbody', {}, rows)))));
  }
  return drawn;
}
