// Documents side by side: source, output and reference, one row a segment; omissions, additions and terms that vary
// are marked. What belongs together lights up together.
async function drawDocuments(set, number, source) {
  const docs = set.marks ? source.docs : [];
  for (const part of [$('documents'), document.querySelector('nav a[href="#documents"]')]) part.hidden = !docs.length;
  if (!docs.length) return;
  const marks = await read(`d${number}`), systems = source.systems;
  const usual = systems.find((name) => name === set.baseline) ?? systems[0];
  const known = (names, name, other) => (names.includes(name) ? name : other);
  let doc = known(docs, state.whole, docs[0]), system = known(systems, state.sys, usual);
  const place = el('div');
  const draw = () => {
    state.whole = doc === docs[0] ? '' : doc;
    state.sys = system === usual ? '' : system;
    writeAddress();
    place.replaceChildren(...documentView(source.all.filter((s) => s.d === doc), doc, system, systems.indexOf(system), marks));
  };
  $('documents-body').replaceChildren(
    set.notice ? el('p', { class: 'notice' }, 'Segments that are not in this page are missing in its documents.') : '',
    el('div', { class: 'controls' },
      field('Document', picker(docs.map((d) => [d, visible(d)]), (d) => { doc = d; draw(); }, doc)),
      field('System', picker(systems.map((n) => [n, visible(n)]), (n) => { system = n; draw(); }, system))), place);
  draw();
}

function documentView(segments, doc, system, at, marks) {
  const of = (kind) => marks[kind]?.[at] ?? {};
  const terms = of('terms')[doc] ?? [];
  const rows = segments.map((segment) => documentRow(segment, at, of('nowhere')[segment.id] ?? [], of('unsure')[segment.id], terms));
  const head = ['', 'source', visible(system), 'reference'].map((name) => el('th', { scope: 'col' }, name));
  const table = el('table', { class: 'whole' }, el('thead', {}, el('tr', {}, head)), el('tbody', {}, rows));
  linkParts(table);
  const count = (flag) => segments.filter((s) => s.f[at].includes(flag)).length;
  const facts = [`${segments.length} segments`, of('method')[doc] ? `cut by ${of('method')[doc]}` : null,
    count('omitted') ? `${count('omitted')} without output` : null,
    count('hallucinated') ? `${count('hallucinated')} with output that belongs nowhere` : null,
    of('share')[doc] === undefined ? null : `consistency ${number(of('share')[doc], 1)}`].filter(Boolean);
  return [el('p', { class: 'soft', role: 'status' }, `${facts.join('; ')}.`), markLegend(marks), table,
    terms.length ? termTable(terms, table) : ''];
}

function markLegend(marks) {
  const kinds = [[marks.nowhere || marks.method, 'added', 'output that belongs to no segment'], [marks.method, 'omitted', 'no output'],
    [marks.terms, 'varies', 'translated otherwise elsewhere'], [marks.terms, 'term', 'a term that varies, as it mostly is']];
  const shown = kinds.filter(([has]) => has).map(([, kind, words]) => el('span', {}, el('mark', { class: kind }, 'abc'), ` ${words}`));
  return shown.length ? el('p', { class: 'soft legend' }, shown) : '';
}

function documentRow(segment, at, nowhere, unsure, terms) {
  const here = terms.flatMap((term, k) => term.at.filter(([id]) => id === segment.id).map(([, words, apart]) => ({ term, k, words, apart })));
  const mark = (words, kind, k, title) => ({ words, kind, k, title });
  const ways = (term) => [...new Set(term.at.map(([, words]) => words ?? '…'))].join(', ');
  const hypothesis = segment.h[at];
  const output = segment.f[at].includes('omitted') ? el('mark', { class: 'omitted' }, 'no output')
    : highlighted(hypothesis, [...nowhere.map((words) => mark(words, 'added', null, 'belongs to no segment')),
      ...here.map((o) => mark(o.words, o.apart ? 'varies' : 'term', o.k, `${o.term.s}: ${ways(o.term)}`))]);
  const flags = segment.f[at].filter((flag) => flag !== 'omitted' && flag !== 'empty');
  const missing = here.filter((o) => !o.words || !hypothesis.includes(o.words));
  return el('tr', { tabindex: '0', 'data-id': segment.id },
    el('th', { scope: 'row' }, visible(segment.id)),
    el('td', { 'data-side': 'source' }, highlighted(segment.s, here.map((o) => mark(o.term.s, o.apart ? 'varies' : 'term', o.k)))),
    el('td', { 'data-side': 'output' }, output,
      missing.map((o) => el('mark', { class: 'varies missing', 'data-term': o.k, title: `${o.term.s}: ${ways(o.term)}` }, `${o.term.s}?`)),
      flags.map((flag) => el('span', { class: 'flag' }, flag)), unsure === undefined ? '' : el('span', { class: 'flag' }, `unsure cut, ${number(unsure)}`)),
    el('td', { 'data-side': 'reference' }, highlighted(segment.r[0] ?? '', here.map((o) => mark(o.term.r, o.apart ? 'varies' : 'term', o.k)))));
}

// A text with the first place of each mark in it that is free; of what belongs nowhere the last: what stands twice did at first.
function highlighted(value, marks) {
  const shown = visible(value), lower = shown.toLocaleLowerCase(), spans = [];
  for (const { words, kind, k, title } of marks) {
    if (!words) continue;
    const text = visible(words), places = [];
    for (let at = lower.indexOf(text.toLocaleLowerCase()); at >= 0; at = lower.indexOf(text.toLocaleLowerCase(), at + 1)) places.push(at);
    if (kind === 'added') places.reverse();
    const start = places.find((at) => spans.every((s) => at + text.length <= s.start || at >= s.stop));
    if (start !== undefined) spans.push({ start, stop: start + text.length, kind, k, title });
  }
  const span = el('span', { class: 'text', dir: 'auto' });
  let last = 0;
  for (const { start, stop, kind, k, title } of spans.sort((a, b) => a.start - b.start)) {
    span.append(shown.slice(last, start), el('mark', { class: kind, 'data-term': k, title }, shown.slice(start, stop)));
    last = stop;
  }
  span.append(shown.slice(last));
  return span;
}

// A row lights up under the pointer; a click keeps it so. A term lights up wherever it stands.
function linkParts(table) {
  const light = (term) => {
    for (const mark of table.querySelectorAll('mark[data-term]')) mark.classList.toggle('lit', mark.dataset.term === term);
  };
  const pin = (row) => {
    const pinned = row.classList.contains('pinned');
    for (const other of table.querySelectorAll('tr.pinned')) other.classList.remove('pinned');
    row.classList.toggle('pinned', !pinned);
  };
  table.addEventListener('pointerover', (event) => light(event.target.closest('mark[data-term]')?.dataset.term));
  table.addEventListener('pointerleave', () => light(undefined));
  table.addEventListener('click', (event) => { const row = event.target.closest('tbody tr'); if (row) pin(row); });
  table.addEventListener('keydown', (event) => {
    const row = event.target.closest('tbody tr');
    const next = { ArrowDown: row?.nextElementSibling, ArrowUp: row?.previousElementSibling }[event.key];
    if (next) { event.preventDefault(); next.focus(); }
    if (row && event.key === 'Enter') pin(row);
  });
}

function termTable(terms, table) {
  const go = (id) => () => {
    const row = table.querySelector(`tr[data-id="${CSS.escape(id)}"]`);
    for (const other of table.querySelectorAll('tr.pinned')) other.classList.remove('pinned');
    row.classList.add('pinned');
    row.scrollIntoView({ block: 'center' });
    row.focus({ preventScroll: true });
  };
  const rows = terms.map((term) => {
    const ways = new Map();
    for (const [id, words, apart] of term.at) {
      const key = words ?? '…';
      ways.set(key, { apart, ids: [...(ways.get(key)?.ids ?? []), id] });
    }
    const cells = [...ways].map(([words, { apart, ids }]) => el('div', {}, el('mark', { class: apart ? 'varies' : 'term' }, visible(words)), ' ',
      ids.map((id) => el('button', { type: 'button', class: 'go', onclick: go(id) }, visible(id)))));
    return el('tr', {}, el('th', { scope: 'row' }, text(term.s)), el('td', {}, text(term.r)), el('td', {}, cells));
  });
  return el('div', {}, el('h3', {}, 'Terms in several translations'), el('table', { class: 'terms' },
    el('thead', {}, el('tr', {}, ['term', 'reference', 'translated as, in segment'].map((name) => el('th', { scope: 'col' }, name)))), el('tbody', {}, rows)));
}
