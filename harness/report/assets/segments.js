// The segments: search, filters, every system's output, and the words in which they differ.
const PAGE = 50;

class Explorer {
  constructor(set) {
    this.set = set;
    this.all = [];
    this.names = set.systems.map((s) => s.name);
    this.metric = Math.max(0, set.metrics.findIndex((m) => m.key === state.by));
    this.a = this.names.includes(state.a) ? state.a : 'reference';
    this.b = this.names.includes(state.b) ? state.b : set.baseline;
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
    const values = (segment.v[this.metric] ?? []).filter((v) => v !== null);
    return values.length ? Math.max(...values) - Math.min(...values) : 0;
  }

  chosen() {
    const { q, flag, doc, sort } = state;
    const words = q.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const kept = this.all.filter((segment) => words.every((w) => segment.find.includes(w))
      && (!flag || this.flagsOf(segment).has(flag)) && (!doc || segment.d === doc));
    const at = this.names.indexOf(this.b);
    const score = (segment) => (segment.v[this.metric] ?? [])[at] ?? Infinity;
    const sure = (segment) => (segment.b && segment.b.confidence !== null && segment.b.confidence !== undefined ? segment.b.confidence : 2);
    const orders = { spread: (x, y) => this.spread(y) - this.spread(x), low: (x, y) => score(x) - score(y),
      high: (x, y) => score(y) - score(x), length: (x, y) => y.s.length - x.s.length, sure: (x, y) => sure(x) - sure(y) };
    return orders[sort] ? kept.sort(orders[sort]) : kept;
  }

  controls() {
    const set = (key, change = () => {}) => (value) => {
      Object.assign(state, { [key]: value, page: '1', segment: '' });
      change(value);
      this.draw();
    };
    const flags = [...new Set(this.all.flatMap((s) => [...this.flagsOf(s)]))].sort();
    const docs = [...new Set(this.all.map((s) => s.d).filter(Boolean))];
    const search = el('input', { type: 'search', id: 'search', placeholder: 'words in any text', value: state.q, oninput: () => set('q')(search.value) });
    const systems = this.names.map((n) => [n, visible(n)]);
    return el('div', { class: 'controls', role: 'search' },
      field('Search', search),
      flags.length ? field('Flag', select([['', 'any'], ...flags.map((f) => [f, f])], set('flag'), state.flag)) : null,
      docs.length > 1 ? field('Document', picker([['', 'all'], ...docs.map((d) => [d, d])], set('doc'), state.doc)) : null,
      field('Metric', select(this.set.metrics.map((m) => [m.key, m.name]), set('by', (key) => {
        this.metric = this.set.metrics.findIndex((m) => m.key === key);
      }), (this.set.metrics[this.metric] ?? {}).key)),
      field('Sort by', select([['order', 'order in the text'], ['spread', 'difference between systems'], ['low', 'lowest score of B'],
        ['high', 'highest score of B'], ['length', 'length of the source'], ['sure', 'doubtful alignment first']], set('sort'), state.sort)),
      field('Compare A', picker([['reference', 'reference'], ...systems], set('a', (name) => { this.a = name; }), this.a)),
      field('with B', picker(systems, set('b', (name) => { this.b = name; }), this.b)),
      el('button', { type: 'button', onclick: () => { set('open')(state.open ? '' : 'all'); } }, 'Open or close all'));
  }

  start(place) {
    this.list = el('ul', { class: 'list', onkeydown: (event) => this.key(event) });
    this.count = el('p', { class: 'soft', role: 'status' });
    this.pager = el('div', { class: 'controls' });
    place.replaceChildren(
      ...(this.set.notice ? [el('p', { class: 'notice' }, this.set.notice)] : []),
      this.controls(), this.count, this.list, this.pager);
    const at = this.chosen().findIndex((segment) => segment.id === state.segment);
    if (at >= 0) state.page = String(Math.floor(at / PAGE) + 1);
    this.draw();
    if (at >= 0) this.list.querySelector('[aria-expanded=true]').scrollIntoView({ block: 'center' });
  }

  key(event) {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (event.key === 'Escape') { Object.assign(state, { segment: '', open: '' }); this.draw(); return; }
    if (!step || !event.target.classList.contains('row')) return;
    const rows = [...this.list.querySelectorAll('button.row')];
    const next = rows[rows.indexOf(event.target) + step];
    if (next) { event.preventDefault(); next.focus(); }
  }

  draw() {
    const kept = this.chosen();
    const pages = Math.max(1, Math.ceil(kept.length / PAGE));
    const page = Math.max(0, Math.min((Number(state.page) || 1) - 1, pages - 1));
    state.page = String(page + 1);
    const at = this.names.indexOf(this.b);
    writeAddress();
    const filters = [state.q && `“${state.q}”`, state.flag, state.doc].filter(Boolean).map((f) => `, ${f}`).join('');
    this.count.textContent = `${kept.length} of ${this.all.length} segments${filters}; page ${page + 1} of ${pages}; `
      + `the number is ${(this.set.metrics[this.metric] ?? {}).name ?? 'the score'} of ${this.b}`;
    this.list.replaceChildren(...kept.slice(page * PAGE, (page + 1) * PAGE).map((segment) => {
      const isOpen = state.open === 'all' || state.segment === segment.id;
      const value = (segment.v[this.metric] ?? [])[at] ?? null;
      const row = el('button', { type: 'button', class: 'row', 'aria-expanded': String(isOpen), 'data-k': segment.k,
        onclick: () => {
          Object.assign(state, { segment: isOpen ? '' : segment.id, open: '' });
          this.draw();
          this.list.querySelector(`[data-k="${segment.k}"]`).focus();
        } },
      el('span', { class: 'id' }, segment.id), text(segment.s), el('span', {}, number(value, 1)));
      return el('li', {}, row, isOpen ? this.detail(segment) : null);
    }));
    const turn = (step) => () => {
      Object.assign(state, { page: String(page + 1 + step), segment: '' });
      this.draw();
      this.list.scrollIntoView();
    };
    this.pager.replaceChildren(
      el('button', { type: 'button', disabled: page === 0, onclick: turn(-1) }, 'Previous'),
      el('span', {}, `page ${page + 1} of ${pages}`),
      el('button', { type: 'button', disabled: page >= pages - 1, onclick: turn(1) }, 'Next'));
  }

  detail(segment) {
    const at = this.names.indexOf(this.a);
    const base = at < 0 ? (segment.r[0] ?? '') : segment.h[at];
    const other = segment.h[this.names.indexOf(this.b)];
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
    const whose = this.a === 'reference' ? 'the reference' : this.a;
    list.append(el('p', { class: 'soft' }, `Green: words that ${whose} has not; red: words of ${whose} that ${this.b} has not.`));
    return list;
  }
}

async function drawSegments(set) {
  const explorer = new Explorer(set);
  $('segments-body').replaceChildren(el('p', { role: 'status' }, 'reading…'));
  await explorer.load();
  explorer.start($('segments-body'));
}
