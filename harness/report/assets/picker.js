// A choice of one among few or many.
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
