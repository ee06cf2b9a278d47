// The data of the page, which lie in it as packed blocks; and the search through its segments.
async function read(id) {
  const bytes = Uint8Array.from(atob($(id).textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(stream).text());
}

class EmbeddedSource {
  constructor(set) {
    this.set = set;
    this.notice = set.notice;
    this.systems = set.systems.map((s) => s.name);
    this.metrics = set.metrics;
    this.all = [];
  }

  async load() {
    for (const block of this.set.blocks) this.all.push(...await read(block));
    this.all.forEach((segment, k) => {
      segment.k = k;
      segment.find = [segment.id, segment.s, ...segment.r, ...segment.h].join('\n').toLocaleLowerCase();
    });
    this.flags = [...new Set(this.all.flatMap((s) => [...this.flagsOf(s)]))].sort();
    this.docs = [...new Set(this.all.map((s) => s.d).filter(Boolean))];
  }

  flagsOf(segment) {
    const bead = segment.b && segment.b.flags ? segment.b.flags : [];
    return new Set([...segment.f.flat(), ...bead]);
  }

  spread(segment, metric) {
    const values = (segment.v[metric] ?? []).filter((v) => v !== null);
    return values.length ? Math.max(...values) - Math.min(...values) : 0;
  }

  chosen({ query, flag, doc, sort, metric, b }) {
    const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const kept = this.all.filter((segment) => words.every((w) => segment.find.includes(w))
      && (!flag || this.flagsOf(segment).has(flag)) && (!doc || segment.d === doc));
    const at = this.systems.indexOf(b);
    const score = (segment) => (segment.v[metric] ?? [])[at] ?? Infinity;
    const sure = (segment) => (segment.b && segment.b.confidence !== null && segment.b.confidence !== undefined ? segment.b.confidence : 2);
    const orders = { spread: (x, y) => this.spread(y, metric) - this.spread(x, metric), low: (x, y) => score(x) - score(y),
      high: (x, y) => score(y) - score(x), length: (x, y) => y.s.length - x.s.length, sure: (x, y) => sure(x) - sure(y) };
    return orders[sort] ? kept.sort(orders[sort]) : kept;
  }

  async page(state, number) {
    const kept = this.chosen(state);
    const at = state.open ? kept.findIndex((segment) => segment.id === state.open) : -1;
    state.open = undefined;
    const page = Math.min(at < 0 ? number : Math.floor(at / PAGE), Math.max(0, Math.ceil(kept.length / PAGE) - 1));
    return { rows: kept.slice(page * PAGE, (page + 1) * PAGE), count: kept.length, total: this.all.length, page, open: kept[at]?.k };
  }
}

// Its state is that of the page, which stands in the address.
class AddressedExplorer extends Explorer {
  constructor(source, baseline) {
    const { q, flag, doc, sort, segment, page } = state, known = (name, other) => (source.systems.includes(name) ? name : other);
    super(source, baseline, { query: q, flag, doc, sort, metric: Math.max(0, source.metrics.findIndex((m) => m.key === state.by)),
      a: known(state.a, 'reference'), b: known(state.b, baseline ?? source.systems[0]), open: segment || undefined });
    this.page = Math.max(0, (Number(page) || 1) - 1);
    this.all = state.open === 'all';
    this.usual = { metric: source.metrics[0]?.key ?? '', b: baseline };
  }

  opened(segment) {
    state.segment = segment?.id ?? '';
  }

  draw() {
    const { query, flag, doc, sort, metric, a, b } = this.state, by = this.source.metrics[metric]?.key ?? '';
    if (this.open === null) state.segment = '';
    Object.assign(state, { q: query, flag, doc, sort, by: by === this.usual.metric ? '' : by, a, b: b === this.usual.b ? '' : b,
      page: String(this.page + 1), open: this.all ? 'all' : '' });
    writeAddress();
    super.draw();
  }
}

async function drawSegments(set) {
  $('segments-body').replaceChildren(el('p', { role: 'status' }, 'reading…'));
  const source = new EmbeddedSource(set);
  await source.load();
  await new AddressedExplorer(source, set.baseline).start($('segments-body'));
  return source;
}
