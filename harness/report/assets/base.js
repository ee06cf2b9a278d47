// Small helpers. Text reaches the page through textContent only.
const $ = (id) => document.getElementById(id);

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value === true ? '' : value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined) node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

function number(value, digits = 2, sign = false) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  return (sign && value > 0 ? '+' : '') + value.toFixed(digits);
}

const digitsOf = (metric) => (Math.max(...metric.rows.map((r) => Math.abs(r.value ?? 0))) > 2 ? 2 : 4);
const arrow = (metric) => (metric.neutral ? '' : metric.up ? '\u00a0↑' : '\u00a0↓');

// Control and direction characters as their code points: they could make a line read as what it is not.
const visible = (value) => value.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
  (c) => `⟨U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);

function text(value, tag = 'span') {
  return el(tag, { class: 'text', dir: 'auto' }, visible(value));
}

// A name, which may be broken behind its slashes and underscores too.
function named(value) {
  const parts = visible(value).split(/(?<=[/_])/);
  return el('span', { class: 'text', dir: 'auto' }, parts.flatMap((part, k) => (k ? [el('wbr'), part] : [part])));
}

function field(label, control) {
  return el('label', {}, label, control);
}

function select(options, onchange, value) {
  const box = el('select', { onchange: () => onchange(box.value) });
  for (const [key, label] of options) box.append(el('option', { value: key, selected: key === value }, label));
  return box;
}

const tokens = (line) => line.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];

// The words of `b` that are not in `a` in the same order: pieces of b with a mark, by longest common subsequence.
function marked(a, b, kind) {
  const left = tokens(visible(a)), right = tokens(visible(b));
  const span = el('span', { class: 'text', dir: 'auto' });
  if (left.length * right.length > 4e6) { span.append(visible(b)); return span; }
  const width = right.length + 1;
  const table = new Uint16Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      table[i * width + j] = left[i] === right[j]
        ? table[(i + 1) * width + j + 1] + 1
        : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
    }
  }
  let i = 0, j = 0;
  while (j < right.length) {
    if (i < left.length && left[i] === right[j]) { span.append(right[j]); i++; j++; }
    else if (i < left.length && table[(i + 1) * width + j] >= table[i * width + j + 1]) i++;
    else { span.append(/^\s+$/.test(right[j]) ? right[j] : el('mark', { class: kind }, right[j])); j++; }
  }
  return span;
}

function download(name, url) {
  const link = el('a', { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}
