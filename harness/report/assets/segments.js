// The segments: search, filters, every system's output, and the words in which they differ.
const PAGE = 50;

// `source` finds the segments: `systems`, `metrics`, `flags`, `docs`, and `page(state, number)`.
class Explorer {
  constructor(source, baseline, state = {}) {
    this.source = source;
    this.names = source.systems;
    this.state = { query: '', flag: '', doc: '', sort: 'order', metric: 0, a: 'reference', b: baseline ?? this.names[0], ...state };
    this.open = null;
    this.all = false; // whether every segment is open
    this.page = 0;
    this.asked = 0;
  }

  controls() {
    const set = (key) => (value) => { this.state[key] = value; this.page = 0; this.open = null; this.load(); };
    const { flags, docs } = this.source, { state } = this;
    const search = el('input', { type: 'search', id: 'search', placeholder: 'words in any text', value: state.query, oninput: () => set('query')(search.value) });
    const systems = this.names.map((n) => [n, visible(n)]);
    return el('div', { class: 'controls', role: 'search' },
      field('Search', search),
      flags.length ? field('Flag', select([['', 'any'], ...flags.map((f) => [f, f])], set('flag'), state.flag)) : null,
      docs.length > 1 ? field('Document', picker([['', 'all'], ...docs.map((d) => [d, d])], set('doc'), state.doc)) : null,
      field('Metric', select(this.source.metrics.map((m, k) => [String(k), m.name]), (k) => set('metric')(Number(k)), String(state.metric))),
      field('Sort by', select([['order', 'order in the text'], ['spread', 'difference between systems'], ['low', 'lowest score of B'],
        ['high', 'highest score of B'], ['length', 'length of the source'], ['sure', 'doubtful alignment first']], set('sort'), state.sort)),
      field('Compare A', picker([['reference', 'reference'], ...systems], set('a'), this.state.a)),
      field('with B', picker(systems, set('b'), this.state.b)),
      el('button', { type: 'button', onclick: () => { this.all = !this.all; this.open = null; this.draw(); } }, 'Open or close all'));
  }

  async start(place) {
    this.list = el('ul', { class: 'list', onkeydown: (event) => this.key(event) });
    this.count = el('p', { class: 'soft', role: 'status' });
    this.legend = el('p', { class: 'soft' });
    this.pager = el('div', { class: 'controls' });
    place.replaceChildren(
      ...(this.source.notice ? [el('p', { class: 'notice' }, this.source.notice)] : []),
      this.controls(), this.count, this.legend, this.list, this.pager);
    await this.load();
  }

  // Ask for the page that the state describes; an answer that a later question has overtaken is dropped.
  async load() {
    const asked = ++this.asked;
    const found = await this.source.page(this.state, this.page);
    if (asked !== this.asked) return;
    this.found = found;
    this.page = found.page;
    if (found.open !== undefined) this.open = found.open;
    this.draw();
    if (found.open !== undefined) this.list.querySelector('[aria-expanded=true]')?.scrollIntoView({ block: 'center' });
  }

  key(event) {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (event.key === 'Escape') { this.open = null; this.all = false; this.opened(null); this.draw(); return; }
    if (!step || !event.target.classList.contains('row')) return;
    const rows = [...this.list.querySelectorAll('button.row')];
    const next = rows[rows.indexOf(event.target) + step];
    if (next) { event.preventDefault(); next.focus(); }
  }

  draw() {
    const { rows, count, total } = this.found;
    const pages = Math.max(1, Math.ceil(count / PAGE));
    const at = this.names.indexOf(this.state.b);
    const { query, flag, doc } = this.state;
    const filters = [query && `“${query}”`, flag, doc].filter(Boolean).map((f) => `, ${f}`).join('');
    this.count.textContent = `${count} of ${total} segments${filters}; page ${this.page + 1} of ${pages}; `
      + `the number is ${this.source.metrics[this.state.metric]?.name ?? 'the score'} of ${this.state.b}`;
    const whose = this.state.a === 'reference' ? 'the reference' : this.state.a;
    this.legend.textContent = `In an open segment, green: words that ${whose} has not in that place; red: words of ${whose} that ${this.state.b} has not there.`;
    this.list.replaceChildren(...rows.map((segment) => {
      const isOpen = this.all || this.open === segment.k;
      const value = (segment.v[this.state.metric] ?? [])[at] ?? null;
      const row = el('button', { type: 'button', class: 'row', 'aria-expanded': String(isOpen), 'data-k': segment.k,
        onclick: () => {
          this.open = isOpen ? null : segment.k;
          this.all = false;
          this.opened(isOpen ? null : segment);
          this.draw();
          this.list.querySelector(`[data-k="${segment.k}"]`).focus();
        } },
      el('span', { class: 'id' }, segment.id), text(segment.s), el('span', {}, number(value, 1)));
      return el('li', {}, row, isOpen ? this.detail(segment) : null);
    }));
    const turn = (step) => () => { this.page += step; this.open = null; this.load().then(() => this.list.scrollIntoView()); };
    this.pager.replaceChildren(
      el('button', { type: 'button', disabled: this.page === 0, onclick: turn(-1) }, 'Previous'),
      el('span', {}, `page ${this.page + 1} of ${pages}`),
      el('button', { type: 'button', disabled: this.page >= pages - 1, onclick: turn(1) }, 'Next'));
  }

  opened() {} // where the page has an address, it follows

  detail(segment) {
    const at = this.names.indexOf(this.state.a);
    const base = at < 0 ? (segment.r[0] ?? '') : segment.h[at];
    const other = segment.h[this.names.indexOf(this.state.b)];
    const list = el('dl', { class: 'detail' }, ...(segment.s ? [el('dt', {}, 'source'), el('dd', {}, text(segment.s))] : []));
    segment.r.forEach((reference, k) => list.append(el('dt', {}, segment.r.length > 1 ? `reference ${k + 1}` : 'reference'),
      el('dd', {}, at < 0 && k === 0 ? marked(other, reference, 'gone') : text(reference))));
    if (segment.b) {
      const sure = segment.b.confidence;
      list.append(el('dt', {}, 'alignment'), el('dd', {},
        `${segment.b.shape ?? ''}${sure === null || sure === undefined ? '' : `, confidence ${number(sure)}`} `,
        (segment.b.flags ?? []).map((flag) => el('span', { class: 'flag' }, flag))));
    }
    segment.h.forEach((hypothesis, k) => {
      const scores = this.source.metrics.map((m, j) => `${m.name} ${number((segment.v[j] ?? [])[k], 1)}`).join(', ');
      const isA = k === at;
      list.append(el('dt', {}, this.names[k], ' ', el('span', { class: 'soft' }, scores), ' ',
        segment.f[k].map((flag) => el('span', { class: 'flag' }, flag))),
      el('dd', { 'data-system': this.names[k] }, marked(isA ? other : base, hypothesis, isA ? 'gone' : 'new')),
      ...((segment.e ?? [])[k] ?? []).map((entry) => errorsBy(entry, hypothesis, this.source.metrics)));
    });
    return list;
  }
}
