// The state of the page (test set, metric, filters, segment) in the fragment of its address, so that a link shows
// what its sender saw. A fragment without '=' is an ordinary anchor. Only what differs from the default is written.
const DEFAULTS = { set: '0', metric: '', cells: 'difference', q: '', flag: '', doc: '', whole: '', sys: '', sort: 'order', by: '', a: 'reference',
  b: '', page: '1', segment: '', open: '', kind: '', x: '', y: '' };
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
