// The state of the page (test set, metric, filters, segment) in the fragment of its address, so that a link shows
// what its sender saw. A fragment without '=' is an ordinary anchor. Only what differs from the default is written.
const DEFAULTS = { set: '0', metric: '', cells: 'difference', q: '', flag: '', doc: '', sort: 'order', by: '', a: 'reference',
  b: '', page: '1', segment: '', open: '' };
const state = { ...DEFAULTS };

function readAddress() {
  const found = location.hash.includes('=') ? new URLSearchParams(location.hash.slice(1)) : new URLSearchParams();
  for (const key of Object.keys(DEFAULTS)) state[key] = found.get(key) ?? DEFAULTS[key];
}

function writeAddress() {
  const found = new URLSearchParams();
  for (const [key, value] of Object.entries(state)) if (value !== DEFAULTS[key]) found.set(key, value);
  const fragment = String(found);
  history.replaceState(null, '', fragment ? `#${fragment}` : location.href.split('#')[0]);
}

// Links of the page itself scroll, and leave the state in the address alone.
function anchor(link) {
  link.addEventListener('click', (event) => {
    const section = $(link.getAttribute('href').slice(1));
    event.preventDefault();
    section.scrollIntoView();
    if (section.tabIndex === -1) section.focus({ preventScroll: true });
  });
}

const MANY = 8; // names from which a picker is a field with suggestions
let pickers = 0;

// A picker of one of `options`, [key, label]: a list, or where there are many a field that searches them.
function picker(options, onchange, value) {
  if (options.length <= MANY) return select(options, onchange, value);
  const id = `picker-${pickers++}`;
  const labelOf = (key) => (options.find(([k]) => k === key) ?? options[0])[1];
  const box = el('input', { type: 'text', list: id, autocomplete: 'off', class: 'picker', value: labelOf(value) });
  let chosen = value;
  const take = () => {
    const typed = box.value.trim().toLocaleLowerCase();
    const near = options.filter(([, label]) => label.toLocaleLowerCase().includes(typed));
    const exact = options.find(([, label]) => label.toLocaleLowerCase() === typed);
    return exact ?? (typed && near.length === 1 ? near[0] : null);
  };
  const settle = () => {
    const found = take();
    box.value = found ? found[1] : labelOf(chosen);
    if (found && found[0] !== chosen) { chosen = found[0]; onchange(chosen); }
  };
  box.addEventListener('focus', () => { box.placeholder = labelOf(chosen); box.value = ''; });
  box.addEventListener('blur', settle);
  box.addEventListener('change', settle);
  return el('span', { class: 'pick' }, box, el('datalist', { id }, options.map(([, label]) => el('option', { value: label }))));
}
