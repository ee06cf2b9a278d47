// The errors that judges and people marked in an output: the words with a number, then what each number is.
const GRAVE = ['neutral', 'minor', 'major', 'critical'];
const OUTCOMES = { win: 'better', loss: 'worse', tie: 'tie', same: 'tie: equal outputs', order: 'tie: the two orders disagree' };

function errorsBy(entry, output, metrics) {
  const marks = entry.marks ?? [];
  const name = entry.by === 'judge' ? metrics.find((m) => m.key === entry.who)?.name ?? entry.who : entry.who;
  const node = el('dd', { class: 'errors', 'data-who': entry.who, 'data-by': entry.by },
    el('span', { class: 'by' }, entry.by === 'judge' ? 'language model' : 'person'), ' ', el('span', { dir: 'auto' }, visible(name)), ': ');
  if (entry.score !== undefined) node.append(`${number(entry.score, 0)} of 100 `);
  if (Object.hasOwn(OUTCOMES, entry.outcome ?? '')) { node.append(OUTCOMES[entry.outcome]); return node; }
  if (entry.outcome && entry.outcome !== 'scored') {
    node.append(el('span', { class: 'flag' }, `no score: ${entry.outcome}`), entry.answer ? text(entry.answer) : '');
  } else if (!marks.length) node.append(el('span', { class: 'soft' }, 'no error'));
  if (!marks.length) return node;
  node.append(el('div', {}, withMarks(output, marks)), el('ol', {}, marks.map((mark) => {
    const unplaced = (mark.start ?? null) === null ? (mark.text ? ', not in the output' : ', no words named') : mark.within === 'source' ? ', words of the source' : '';
    return el('li', {}, el('span', { class: `err ${severityOf(mark)}` }, severityOf(mark) || visible(String(mark.severity))), ' ',
      mark.category ? visible(mark.category) : '', mark.text ? [' ', el('q', {}, text(mark.text))] : '', el('span', { class: 'soft' }, unplaced));
  })));
  return node;
}

const severityOf = (mark) => (GRAVE.includes(mark.severity) ? mark.severity : '');

// The output in pieces, cut where a mark begins or ends. Offsets count characters, not UTF-16 units.
function withMarks(output, marks) {
  const characters = Array.from(output);
  const placed = marks.map((mark, k) => ({ ...mark, number: k + 1 }))
    .filter((m) => m.within !== 'source' && m.start >= 0 && m.start < m.end && m.end <= characters.length);
  const cuts = [...new Set([0, characters.length, ...placed.flatMap((m) => [m.start, m.end])])].sort((a, b) => a - b);
  const span = el('span', { class: 'text', dir: 'auto' });
  for (let i = 0; i + 1 < cuts.length; i++) {
    const piece = visible(characters.slice(cuts[i], cuts[i + 1]).join(''));
    const over = placed.filter((m) => m.start <= cuts[i] && m.end >= cuts[i + 1]);
    const worst = over.map(severityOf).sort((a, b) => GRAVE.indexOf(b) - GRAVE.indexOf(a))[0];
    span.append(over.length ? el('mark', { class: `err ${worst}` }, piece) : piece);
    const ended = over.filter((m) => m.end === cuts[i + 1]).map((m) => m.number);
    if (ended.length) span.append(el('sup', {}, ended.join(',')));
  }
  return span;
}
