// The segments: search, filters, every system's output, and the words in which they differ.
const PAGE = 50;

class Explorer {
  constructor(set) {
    this.set = set;
    this.all = [];
    this.state = { query: '', flag: '', doc: '', sort: 'order', metric: 0, a: 'reference', b: set.baseline };
    this.open = null;
    this.page = 0;
    this.names = set.systems.map((s) => s.name);
  }

  async load() {
    for (const block of this.set.blocks) this.all.push(...await read(block));
    this.all.forEach((segment, k) => {
      segment.k = k;
      segment.find = [segment.id, segment.s, ...segment.r, ...segment.h].join('\n').toLocaleLowerCase();
    });
  }

  flagsOf(segment) {
    const bead = segment.b && segment.b.flags ? segment.b.flags : [];
    return new Set([...segment.f.flat(), ...bead]);
  }

  spread(segment) {
    const values = (segment.v[this.state.metric] ?? []).filter((v) => v !== null);
    return values.length ? Math.max(...values) - Math.min(...values) : 0;
  }

  chosen() {
    const { query, flag, doc, sort } = this.state;
    const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const kept = this.all.filter((segment) => words.every((w) => segment.find.includes(w))
      && (!flag || this.flagsOf(segment).has(flag)) && (!doc || segment.d === doc));
    const at = this.names.indexOf(this.state.b);
    const score = (segment) => (segment.v[this.state.metric] ?? [])[at] ?? Infinity;
    const sure = (segment) => (segment.b && segment.b.confidence !== null && segment.b.confidence !== undefined ? segment.b.confidence : 2);
    const orders = { spread: (x, y) => this.spread(y) - this.spread(x), low: (x, y) => score(x) - score(y),
      high: (x, y) => score(y) - score(x), length: (x, y) => y.s.length - x.s.length, sure: (x, y) => sure(x) - sure(y) };
    return orders[sort] ? kept.sort(orders[sort]) : kept;
  }

  controls() {
    const set = (key) => (value) => { this.state[key] = value; this.page = 0; this.open = null; this.draw(); };
    const flags = [...new Set(this.all.flatMap((s) => [...this.flagsOf(s)]))].sort();
    const docs = [...new Set(this.all.map((s) => s.d).filter(Boolean))];
    const search = el('input', { type: 'search', id: 'search', placeholder: 'words in any text', oninput: () => set('query')(search.value) });
    const systems = this.names.map((n) => [n, n]);
    return el('div', { class: 'controls', role: 'search' },
      field('Search', search),
      flags.length ? field('Flag', select([['', 'any'], ...flags.map((f) => [f, f])], set('flag'), '')) : null,
      docs.length > 1 ? field('Document', select([['', 'all'], ...docs.map((d) => [d, d])], set('doc'), '')) : null,
      field('Metric', select(this.set.metrics.map((m, k) => [String(k), m.name]), (k) => set('metric')(Number(k)), '0')),
      field('Sort by', select([['order', 'order in the text'], ['spread', 'difference between systems'], ['low', 'lowest score of B'],
        ['high', 'highest score of B'], ['length', 'length of the source'], ['sure', 'doubtful alignment first']], set('sort'), 'order')),
      field('Compare A', select([['reference', 'reference'], ...systems], set('a'), this.state.a)),
      field('with B', select(systems, set('b'), this.state.b)));
  }

  start(place) {
    this.list = el('ul', { class: 'list', onkeydown: (event) => this.key(event) });
    this.count = el('p', { class: 'soft', role: 'status' });
    this.pager = el('div', { class: 'controls' });
    place.replaceChildren(
      ...(this.set.notice ? [el('p', { class: 'notice' }, this.set.notice)] : []),
      this.controls(), this.count, this.list, this.pager);
    this.draw();
  }

  key(event) {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (event.key === 'Escape') { this.open = null; this.draw(); return; }
    if (!step || !event.target.classList.contains('row')) return;
    const rows = [...this.list.querySelectorAll('button.row')];
    const next = rows[rows.indexOf(event.target) + step];
    if (next) { event.preventDefault(); next.focus(); }
  }

  draw() {
    const kept = this.chosen();
    const pages = Math.max(1, Math.ceil(kept.length / PAGE));
    this.page = Math.min(this.page, pages - 1);
    const at = this.names.indexOf(this.state.b);
    this.count.textContent = `${kept.length} of ${this.all.length} segments`;
    this.list.replaceChildren(...kept.slice(this.page * PAGE, (this.page + 1) * PAGE).map((segment) => {
      const isOpen = this.open === segment.k;
      const value = (segment.v[this.state.metric] ?? [])[at] ?? null;
      const row = el('button', { type: 'button', class: 'row', 'aria-expanded': String(isOpen), 'data-k': segment.k,
        onclick: () => { this.open = isOpen ? null : segment.k; this.draw(); this.list.querySelector(`[data-k="${segment.k}"]`).focus(); } },
      el('span', {}, segment.id), text(segment.s), el('span', {}, number(value, 1)));
      return el('li', {}, row, isOpen ? this.detail(segment) : null);
    }));
    const turn = (step) => () => { this.page += step; this.open = null; this.draw(); this.list.scrollIntoView(); };
    this.pager.replaceChildren(
      el('button', { type: 'button', disabled: this.page === 0, onclick: turn(-1) }, 'Previous'),
      el('span', {}, `page ${this.page + 1} of ${pages}`),
      el('button', { type: 'button', disabled: this.page >= pages - 1, onclick: turn(1) }, 'Next'));
  }

  detail(segment) {
    const at = this.names.indexOf(this.state.a);
    const base = at < 0 ? (segment.r[0] ?? '') : segment.h[at];
    const other = segment.h[this.names.indexOf(this.state.b)];
    const list = el('dl', { class: 'detail' }, el('dt', {}, 'source'), el('dd', {}, text(segment.s)));
    segment.r.forEach((reference, k) => list.append(el('dt', {}, segment.r.length > 1 ? `reference ${k + 1}` : 'reference'),
      el('dd', {}, at < 0 && k === 0 ? marked(other, reference, 'gone') : text(reference))));
    if (segment.b) {
      const sure = segment.b.confidence;
      list.append(el('dt', {}, 'alignment'), el('dd', {},
        `${segment.b.shape ?? ''}${sure === null || sure === undefined ? '' : `, confidence ${number(sure)}`} `,
        (segment.b.flags ?? []).map((flag) => el('span', { class: 'flag' }, flag))));
    }
    segment.h.forEach((hypothesis, k) => {
      const scores = this.set.metrics.map((m, j) => `${m.name} ${number((segment.v[j] ?? [])[k], 1)}`).join(', ');
      const isA = k === at;
      list.append(el('dt', {}, this.names[k], ' ', el('span', { class: 'soft' }, scores), ' ',
        segment.f[k].map((flag) => el('span', { class: 'flag' }, flag))),
      el('dd', { 'data-system': this.names[k] }, marked(isA ? other : base, hypothesis, isA ? 'gone' : 'new')));
    });
    const whose = this.state.a === 'reference' ? 'the reference' : this.state.a;
    list.append(el('p', { class: 'soft' }, `Green: words that ${whose} has not; red: words of ${whose} that ${this.state.b} has not.`));
    return list;
  }
}

async function drawSegments(set) {
  const explorer = new Explorer(set);
  $('segments-body').replaceChildren(el('p', { role: 'status' }, 'reading…'));
  await explorer.load();
  explorer.start($('segments-body'));
}
