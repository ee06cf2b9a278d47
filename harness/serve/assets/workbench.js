// What all pages of the workbench share.
function menu() {
  const links = [['', 'Runs', 'runs'], ['compare', 'Compare', 'compare'], ['history', 'History', 'history'], ['campaigns', 'Campaigns', 'campaigns']];
  $('pages').replaceChildren(...links.map(([path, name, page]) => el('a', { href: href(path), 'aria-current': page === PAGE_NAME ? 'page' : null }, name)));
}

const section = (id, title, ...children) => el('section', { id, 'aria-labelledby': `h-${id}` }, el('h2', { id: `h-${id}` }, title), ...children);

// A sheet of the command line as a table: a column sorts by its numbers where its cells begin with them.
function sheetTable(name, sheet) {
  const value = (cell) => { const found = /^[−+-]?\d[\d,]*(\.\d+)?/.exec(cell); return found ? Number(found[0].replace('−', '-').replaceAll(',', '')) : null; };
  const words = sheet.header.map((title, k) => k === 0 || ['run', 'when'].includes(title) || sheet.rows.every((line) => value(line[k]) === null));
  const short = (k) => ['run', 'when'].includes(sheet.header[k]) || sheet.rows.every((line) => line[k].length <= 20);
  const show = (title, cell) => (title === 'run' ? el('a', { href: runHref(cell) }, cell) : text(cell));
  const rows = sheet.rows.map((line) => ({ cells: line.map((cell, k) => ({ key: words[k] ? cell : value(cell), show: show(sheet.header[k], cell) })) }));
  const table = sortable(name, sheet.header.map((title, k) => ({ name: title, text: words[k], up: words[k], unbroken: short(k), prose: !short(k) })), rows, -1);
  return el('div', {}, sheet.title ? el('h3', {}, sheet.title) : null, table, ...sheet.notes.map((line) => el('p', { class: 'soft' }, line)));
}

// A form of a verb's options; sends the address of the page with what was filled in.
function optionForm(options, query, names) {
  const boxes = options.map((option) => {
    const value = query.getAll(option.name);
    const about = { title: option.help, name: option.name };
    if (option.name === 'runs') return el('input', { ...about, value: value.join(' '), size: 40, placeholder: 'run ids, tags, model=… pair=… (empty: the newest of each system)' });
    if (option.kind === 'flag') return el('input', { ...about, type: 'checkbox', checked: value.length > 0 });
    if (option.kind === 'choice') {
      const box = select([['', `default${option.default ? ` (${option.default})` : ''}`], ...option.choices.map((c) => [c, c])], () => {}, value[0] ?? '');
      box.name = option.name; box.title = option.help;
      return box;
    }
    return el('input', { ...about, value: value.join(' '), size: option.name === 'baseline' ? 20 : 8, placeholder: option.default === null ? '' : String(option.default) });
  });
  const wanted = () => {
    const found = new URLSearchParams();
    options.forEach((option, k) => {
      const box = boxes[k];
      if (option.kind === 'flag') { if (box.checked) found.set(option.name, '1'); }
      else if (option.kind === 'list') box.value.trim().split(/\s+/).filter(Boolean).forEach((word) => found.append(option.name, word));
      else if (box.value.trim()) found.set(option.name, box.value.trim());
    });
    return found;
  };
  const go = () => { location.href = href(PAGE_NAME, wanted()); };
  const labels = options.map((option, k) => field(option.name.replaceAll('_', ' '), boxes[k]));
  const shown = labels.filter((_, k) => names.includes(options[k].name)), rest = labels.filter((_, k) => !names.includes(options[k].name));
  const set = [...query.keys()].some((key) => !names.includes(key) && options.some((o) => o.name === key));
  return el('div', { class: 'form', onkeydown: (event) => { if (event.key === 'Enter' && event.target.tagName === 'INPUT') go(); } },
    el('div', { class: 'controls' }, shown, el('button', { type: 'button', class: 'main', onclick: go }, 'Show')),
    rest.length ? el('details', { open: set }, el('summary', {}, 'all options'), el('div', { class: 'controls' }, rest)) : null);
}

const listOf = (lines) => el('ul', { class: 'soft' }, lines.map((line) => el('li', {}, text(line))));

function facts(pairs) {
  return el('dl', { class: 'facts' }, pairs.filter(([, value]) => value !== null && value !== undefined && value !== '')
    .flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value instanceof Node ? value : text(String(value)))]));
}

function tree(value) {
  if (value === null || typeof value !== 'object') return text(JSON.stringify(value) ?? '');
  const entries = Object.entries(value);
  if (!entries.length) return text(Array.isArray(value) ? '[]' : '{}');
  return el('ul', { class: 'tree' }, entries.map(([key, inner]) => el('li', {}, el('span', { class: 'soft' }, text(`${key}: `)), tree(inner))));
}

const PAGES = {};
