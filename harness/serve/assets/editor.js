// The alignment editor: both documents side by side, by keyboard and mouse.
const SURE = 0.9; // links below it are to be looked at

class Editor {
  constructor(found) {
    this.found = found;
    this.links = new Links(found.src, found.tgt, found.beads, found.free);
    this.past = []; this.future = [];
    this.at = 0; // the current row
    this.chosen = [new Set(), new Set()];
    this.saved = JSON.stringify(this.links.beads());
    this.said = '';
    this.toUnsure(true);
  }

  get rows() { return this.links.rows(); }
  get dirty() { return JSON.stringify(this.links.beads()) !== this.saved; }

  unsure() {
    return this.rows.map((row, k) => [row, k]).filter(([row]) => row.link && !row.link.checked && row.link.sure !== null && row.link.sure < SURE)
      .sort((a, b) => a[0].link.sure - b[0].link.sure);
  }

  toUnsure(quiet = false) {
    const left = this.unsure();
    if (left.length) this.at = left[0][1];
    else if (!quiet) this.said = `no unchecked link below ${SURE}`;
  }

  // One change, which can be undone; a change that cannot be leaves all as it was and says why.
  change(make) {
    const before = this.links.links, focus = this.rows[this.at];
    try {
      const made = make(focus);
      if (this.links.links === before) return;
      this.past.push({ links: before, at: this.at });
      this.future = [];
      this.chosen.forEach((set) => set.clear());
      this.said = '';
      const rows = this.rows, want = made ?? focus;
      const keep = rows.findIndex((row) => row.link && row.link === made);
      const same = rows.findIndex((row) => (want.s ?? [[], []]).some((list, side) => list.some((k) => row.s[side].includes(k))));
      this.at = Math.max(0, keep >= 0 ? keep : same >= 0 ? same : Math.min(this.at, rows.length - 1));
    } catch (error) {
      this.links.links = before;
      this.said = error.message;
    }
  }

  travel(from, to) {
    const state = from.pop();
    if (!state) { this.said = 'nothing more'; return; }
    to.push({ links: this.links.links, at: this.at });
    this.links.links = state.links;
    this.at = state.at;
    this.said = '';
  }

  need(row) {
    if (!row.link) throw new Error('this row is no link');
    return row.link;
  }

  actions() {
    const chosen = () => this.chosen.map((set) => [...set]);
    const choose = (side) => () => {
      const own = (this.rows[this.at]?.s[side] ?? []).filter((k) => this.links.content[side].includes(k)), set = this.chosen[side];
      const all = own.every((k) => set.has(k));
      for (const k of own) if (all) set.delete(k); else set.add(k);
      this.said = own.length ? '' : 'nothing to choose on this side';
    };
    const boundary = (side, step) => () => this.change((row) => this.links.move(this.need(row), side, step));
    return {
      next: ['j', '↓', 'next row', () => { this.at = Math.min(this.rows.length - 1, this.at + 1); }],
      previous: ['k', '↑', 'previous row', () => { this.at = Math.max(0, this.at - 1); }],
      unsure: ['n', 'n', 'next unsure', () => this.toUnsure()],
      confirm: ['c', 'c', 'confirm', () => { this.change((row) => { this.links.confirm(this.need(row)); }); this.toUnsure(true); }],
      merge: ['m', 'm', 'merge with next', () => this.change((row) => {
        const next = this.rows[this.at + 1];
        if (!next) throw new Error('there is no next row');
        return this.links.join([...row.s[0], ...next.s[0]], [...row.s[1], ...next.s[1]]);
      })],
      split: ['s', 's', 'split', () => this.change((row) => {
        const link = this.need(row);
        return this.links.split(link, [0, 1].map((side) => chosen()[side].filter((k) => link.s[side].includes(k)).sort((a, b) => b - a)[0] ?? null));
      })],
      left: ['a', 'a', 'choose source', choose(0)],
      right: ['d', 'd', 'choose target', choose(1)],
      link: ['l', 'l', 'link chosen', () => this.change(() => this.links.join(...chosen()))],
      unlink: ['u', 'u', 'unlink', () => this.change((row) => this.links.unlink(this.need(row)))],
      partial: ['p', 'p', 'partial', () => this.change((row) => this.links.partial(this.need(row)))],
      shorter: ['[', '[', 'source −1', boundary(0, -1)],
      longer: [']', ']', 'source +1', boundary(0, 1)],
      less: ['{', '{', 'target −1', boundary(1, -1)],
      more: ['}', '}', 'target +1', boundary(1, 1)],
      undo: ['z', 'z', 'undo', () => this.travel(this.past, this.future)],
      redo: ['y', 'y', 'redo', () => this.travel(this.future, this.past)],
    };
  }
}

PAGES.align = async (main) => {
  const query = new URLSearchParams(location.search);
  const path = `align/${encodeURIComponent(NAME)}`;
  const author = () => name.value.trim();
  let editor = null;
  const stored = query.get('author') ?? localStorage.getItem('harness-author') ?? '';
  const name = el('input', { id: 'author', value: stored, placeholder: 'your name', size: 12, pattern: '[\\w-]{1,40}' });
  const status = el('p', { class: 'soft', role: 'status', 'aria-live': 'polite' }), table = el('div'), tools = el('div', { class: 'tools', role: 'toolbar', 'aria-label': 'Changes' });
  const files = el('div');
  const ask = (key) => { const found = new URLSearchParams([['doc', key]]); if (/^[\w-]{1,40}$/.test(author())) found.set('author', author()); return found; };

  const open = async (doc) => {
    const found = await get(path, ask(doc));
    editor = new Editor(found);
    editor.author = author();
    chooser.replaceChildren(...(found.documents.length > 1 ? [field('Documents', select(found.documents.map((d, k) => [String(k), d]), (k) => {
      if (editor.dirty && !confirm('Leave these changes unsaved?')) { draw(); return; }
      history.replaceState(null, '', href(path, new URLSearchParams([['doc', k]])));
      open(k).catch(fail);
    }, String(found.doc)))] : []));
    showFiles(found);
    begin();
    draw();
  };

  const showFiles = ({ files: saved, command, folder }) => files.replaceChildren(
    saved.length ? el('p', { class: 'soft' }, 'Saved: ', saved.map((f) => `${f.author} (${f.saved}, ${f.revision} times)`).join('; '), `, in ${folder}`) : el('p', { class: 'soft' }, 'Nothing saved yet.'),
    el('p', { class: 'soft' }, 'Score on it: ', el('code', {}, command)));

  let saving = false; // a second press would be refused as somebody else's
  const save = async () => {
    if (READ_ONLY || saving) return;
    saving = true;
    try { await saved(editor); } finally { saving = false; }
  };

  const saved = async (editor) => {
    const beads = editor.links.beads();
    try {
      const answer = await post(path, { doc: String(editor.found.doc), author: author(), revision: author() === editor.author ? editor.found.revision : 0, beads });
      editor.author = author(); // a file is of one author: under another name it is a new one
      editor.found.revision = answer.revision;
      editor.saved = JSON.stringify(beads);
      editor.said = `saved: ${answer.path}`;
      localStorage.setItem('harness-author', author());
      showFiles({ ...editor.found, files: answer.files, command: answer.command });
    } catch (error) {
      editor.said = error.status ? error.message : 'not saved: the server does not answer; press Save again when it does';
    }
    draw();
  };

  const segment = (side, k) => {
    const { text: words, furniture } = editor.found[side ? 'tgt' : 'src'].segments[k];
    const set = editor.chosen[side];
    return el('div', { class: `segment${furniture ? ' furniture' : ''}${set.has(k) ? ' chosen' : ''}`, 'data-side': side, 'data-k': k,
      onclick: (event) => { if (furniture) return; if (set.has(k)) set.delete(k); else set.add(k); event.currentTarget.closest('tr').dispatchEvent(new Event('pick')); } },
    el('span', { class: 'soft' }, `${k} `), text(words), furniture ? el('span', { class: 'flag' }, furniture) : null);
  };

  const rowOf = (row) => {
    const { link } = row;
    const pick = () => { editor.at = node.sectionRowIndex; draw(); };
    const doubt = link && !link.checked && link.sure !== null && link.sure < SURE;
    const node = el('tr', { class: `${link ? '' : 'null'}${doubt ? ' unsure' : ''}`, onclick: (event) => { if (!event.target.closest('.segment')) pick(); }, onpick: pick },
      el('td', {}, row.s[0].map((i) => segment(0, i))),
      el('td', { class: 'mid' }, link ? thread(link.checked ? 1 : link.sure) : el('span', { class: 'soft' }, 'alone'),
        el('div', { class: 'soft' }, link ? `${row.s[0].length}-${row.s[1].length}${link.checked ? ' ✓' : link.sure === null ? '' : `, ${number(link.sure)}`}` : ''),
        link?.partial ? el('span', { class: 'flag' }, 'partial') : null),
      el('td', {}, row.s[1].map((j) => segment(1, j))));
    return node;
  };

  // Only rows that changed are made anew: a book has thousands.
  const body = el('tbody');
  let shown = [];
  const redraw = (rows) => {
    const keys = rows.map(({ s: sides, link }) => JSON.stringify([sides, link && [link.sure, link.partial, link.checked], sides.map((list, side) => list.filter((k) => editor.chosen[side].has(k)))]));
    const most = Math.min(keys.length, shown.length);
    let head = 0, tail = 0;
    while (head < most && keys[head] === shown[head]) head += 1;
    while (tail < most - head && keys[keys.length - 1 - tail] === shown[shown.length - 1 - tail]) tail += 1;
    for (const old of [...body.children].slice(head, shown.length - tail)) old.remove();
    const next = body.children[head] ?? null;
    for (const row of rows.slice(head, rows.length - tail)) body.insertBefore(rowOf(row), next);
    shown = keys;
  };

  const begin = () => {
    shown = [];
    body.replaceChildren();
    const { src, tgt } = editor.found;
    table.replaceChildren(el('table', { class: 'beads editor' }, el('thead', {}, el('tr', {}, [`${src.id} (${src.lang})`, 'link', `${tgt.id} (${tgt.lang})`].map((title) => el('th', { scope: 'col' }, title)))), body));
  };

  const draw = () => {
    const { rows } = editor, left = editor.unsure().length;
    status.textContent = `${editor.links.links.length} links, ${left} unsure (below ${SURE})${editor.dirty ? ', not saved' : ''}${editor.said ? ` · ${editor.said}` : ''}`;
    status.classList.toggle('dirty', editor.dirty);
    redraw(rows);
    const before = body.querySelector('tr.current'), now = body.children[editor.at];
    before?.classList.remove('current');
    before?.removeAttribute('aria-current');
    now?.classList.add('current');
    now?.setAttribute('aria-current', 'true');
    now?.scrollIntoView({ block: 'nearest' });
    document.body.dataset.drawn = String(Number(document.body.dataset.drawn ?? 0) + 1);
  };

  const run = (action) => { action[3](); draw(); };
  const entries = () => Object.entries(editor.actions());
  const chooser = el('div', { class: 'controls' });
  main.append(chooser, el('div', { class: 'bar' }, tools, status), el('details', {}, el('summary', {}, 'how it works'),
    el('p', { class: 'soft' }, 'A click on a row makes it the current one; clicks on segments (or “choose source” and “choose target”) choose them, for “link chosen” (they leave the links they were in) and “split” (behind the chosen ones). The editor begins with the least sure link; “confirm” goes on to the next. Keys are on the buttons; Ctrl-Z, Ctrl-Y and Ctrl-S work too.')), table, files);
  await open(query.get('doc') ?? '0');
  tools.replaceChildren(...entries().map(([id, [, shown, title]]) => el('button', { type: 'button', 'data-action': id, onclick: () => run(editor.actions()[id]) }, title, ' ', el('kbd', {}, shown))),
    field('author', name), el('button', { type: 'button', class: 'main', 'data-action': 'save', disabled: READ_ONLY, onclick: () => save().catch(fail) }, 'Save'));
  name.addEventListener('change', async () => { if (!editor.dirty) await open(String(editor.found.doc)).catch(fail); });
  document.addEventListener('keydown', (event) => {
    if (['INPUT', 'SELECT', 'TEXTAREA'].includes(event.target.tagName) || event.altKey) return;
    const key = { ArrowDown: 'j', ArrowUp: 'k' }[event.key] ?? event.key;
    if (event.ctrlKey || event.metaKey) {
      if (key === 's') { event.preventDefault(); save().catch(fail); }
      else if (key === 'z' || key === 'y') { event.preventDefault(); run(editor.actions()[key === 'y' || event.shiftKey ? 'redo' : 'undo']); }
      return;
    }
    const action = entries().find(([, [own]]) => own === key);
    if (action) { event.preventDefault(); run(action[1]); }
  });
  window.addEventListener('beforeunload', (event) => { if (editor.dirty) event.preventDefault(); });
};
