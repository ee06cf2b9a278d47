// The data of the workbench, asked of its server.
const { page: PAGE_NAME, base: BASE, name: NAME } = document.body.dataset;
const READ_ONLY = document.body.dataset.readonly === 'yes';

async function answerOf(response) {
  const said = await response.text();
  let value = null;
  try { value = JSON.parse(said); } catch { /* said below */ }
  if (!response.ok || value === null) {
    const plain = (response.headers.get('content-type') ?? '').startsWith('text/plain') && said.trim(); // the server's guard
    const error = new Error(value?.error ?? (plain || `the server answered ${response.status}`));
    error.status = response.status;
    throw error;
  }
  return value;
}

const get = async (path, query) => answerOf(await fetch(`${BASE}/api/${path}${query && String(query) ? `?${query}` : ''}`));

const post = async (path, value) => answerOf(await fetch(`${BASE}/api/${path}`,
  { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }));

const href = (path, query) => `${BASE}/${path}${query && String(query) ? `?${query}` : ''}`;
const runHref = (run) => href(`run/${encodeURIComponent(run)}`);

// The segments of a comparison: the server looks through them, a page at a time.
class ServedSource {
  constructor(query, set) {
    this.query = query;
    this.set = set;
  }

  async load(state) {
    Object.assign(this, { first: await this.ask(state, 0, state.open) });
    const { systems, metrics, flags, docs } = this.first;
    Object.assign(this, { systems, metrics, flags, docs });
  }

  ask(state, page, open) {
    const query = new URLSearchParams(this.query);
    const own = { set: this.set, q: state.query, flag: state.flag, doc: state.doc, sort: state.sort, b: state.b,
      by_metric: this.metrics?.[state.metric]?.key, page, open };
    for (const [key, value] of Object.entries(own)) if (value !== undefined && value !== '' && value !== null) query.set(key, value);
    return get('segments', query);
  }

  async page(state, page) {
    const open = state.open;
    state.open = undefined;
    const found = await this.ask(state, page, open);
    if (open) found.open = found.rows.find((segment) => segment.id === open)?.k;
    return found;
  }
}

// Its state stands in the address behind #segments, so that a link shows the same again.
class LinkedExplorer extends Explorer {
  async load() {
    this.link(null);
    await super.load();
  }

  opened(segment) { this.link(segment); }

  link(segment) {
    const kept = new URLSearchParams();
    for (const [key, value] of Object.entries(this.state)) if (value !== undefined && value !== '' && String(value) !== String(this.usual?.[key])) kept.set(key, value);
    if (segment) kept.set('open', segment.id);
    history.replaceState(null, '', `${location.pathname}${location.search}${String(kept) ? `#segments&${kept}` : ''}`);
  }
}

async function exploreSegments(place, query, set, baseline) {
  place.replaceChildren(el('p', { role: 'status' }, 'reading…'));
  const usual = { query: '', flag: '', doc: '', sort: 'order', metric: 0, a: 'reference', b: baseline };
  const state = { ...usual };
  if (location.hash.startsWith('#segments&')) {
    for (const [key, value] of new URLSearchParams(location.hash.slice(10))) if (key in usual || key === 'open') state[key] = key === 'metric' ? Number(value) : value;
  }
  const source = new ServedSource(query, set);
  await source.load(state);
  if (!source.systems.includes(state.b)) state.b = source.systems[0];
  usual.b = source.systems.includes(baseline) ? baseline : source.systems[0];
  const explorer = new LinkedExplorer(source, usual.b, state);
  explorer.usual = usual;
  await explorer.start(place);
}
