// The documents side by side: one row a bead, so that what belongs together stands together.
async function drawAlignment(set, number) {
  const body = $('alignment-body');
  if (!set.documents) {
    body.replaceChildren(el('p', { class: 'soft' }, 'These segments were parallel already; there is no alignment to show.'));
    return;
  }
  const documents = await read(`a${number}`);
  const place = el('div', { class: 'scroll' });
  const show = (k) => place.replaceChildren(beadTable(documents[k]), exports('alignment', () => beadGrid(documents[k])));
  const names = documents.map((d, k) => [String(k), `${d.src.id} – ${d.tgt.id}`]);
  const verdicts = (set.view ? set.view.verdicts : []).map((v) => el('li', {},
    v.holds ? `${v.metric}: ${v.better} over ${v.worse}, the order holds over the whole grid of confidences`
      : `${v.metric}: ${v.better} over ${v.worse}, the order turns at ${v.flips_at.join(', ')}`));
  body.replaceChildren(
    el('ul', {}, verdicts),
    el('div', { class: 'controls' }, field('Documents', select(names, (k) => show(Number(k)), '0'))), place);
  show(0);
}

function beadTable(pair) {
  const side = (segments, indices) => el('td', {}, indices.map((i) => {
    const segment = segments[i];
    return el('div', { class: segment.furniture ? 'furniture' : null }, text(segment.text),
      segment.furniture ? el('span', { class: 'flag' }, segment.furniture) : null);
  }));
  const rows = pair.beads.map((bead) => {
    const empty = !bead.src.length || !bead.tgt.length;
    const sure = bead.confidence;
    const link = empty ? el('span', {}, 'not aligned') : thread(sure);
    const flags = (bead.flags ?? []).map((flag) => el('span', { class: 'flag' }, flag));
    return el('tr', { class: empty ? 'null' : null }, side(pair.src.segments, bead.src),
      el('td', { class: 'mid' }, link, el('div', { class: 'soft' }, empty ? '' : `${bead.shape}${sure === null || sure === undefined ? '' : `, ${number(sure)}`}`), flags),
      side(pair.tgt.segments, bead.tgt));
  });
  return el('table', { class: 'beads' },
    el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, `${pair.src.id} (${pair.src.lang})`),
      el('th', { scope: 'col' }, 'link, confidence'), el('th', { scope: 'col' }, `${pair.tgt.id} (${pair.tgt.lang})`))),
    el('tbody', {}, rows));
}

// The same as cells, for CSV and LaTeX.
function beadGrid({ src, tgt, beads }) {
  const cell = (value) => ({ plain: String(value ?? ''), shown: String(value ?? '') });
  const side = ({ segments }, list) => [list.join(','), list.map((k) => segments[k].text).join(' ')];
  return { head: ['src_ids', 'src', 'tgt_ids', 'tgt', 'confidence', 'flags'],
    rows: beads.map((bead) => [...side(src, bead.src), ...side(tgt, bead.tgt), bead.confidence, (bead.flags ?? []).join(',')].map(cell)) };
}

function thread(confidence) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
  for (const [key, value] of Object.entries({ width: 60, height: 10, 'aria-hidden': 'true' })) svg.setAttribute(key, value);
  const sure = confidence ?? 1;
  for (const [key, value] of Object.entries({ x1: 2, y1: 5, x2: 58, y2: 5, stroke: 'currentColor',
    'stroke-width': 1 + 4 * sure, 'stroke-dasharray': sure < 0.5 ? '4 3' : 'none' })) line.setAttribute(key, value);
  svg.append(line);
  return svg;
}
