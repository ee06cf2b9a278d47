// For the annotator: one task at a time; errors are marked by words, with mouse or keyboard.
const ANCHORS = [[0, 'no meaning kept'], [33, 'some meaning kept'], [66, 'most meaning kept, few mistakes'], [100, 'perfect']];

const AGAIN = 3000; // milliseconds until an answer that the server did not take is sent again
const MISSING = '[missing]'; // stands behind the text: something of the source is not there

// The words of a text as buttons of a kind: a first click begins a mark, a second ends it; on a mark it is chosen.
class Marker {
  constructor(value, spans, changed, name) {
    this.characters = Array.from(value);
    this.spans = spans;
    this.changed = changed;
    this.begun = null;
    this.words = [];
    let place = 0;
    for (const piece of value.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? []) {
      const length = Array.from(piece).length;
      this.words.push({ piece, start: place, end: place + length });
      place += length;
    }
    this.words.push({ piece: MISSING, start: place, end: place, missing: true });
    this.node = el('p', { class: 'marker text', dir: 'auto', tabindex: 0, 'aria-label': `${name}: arrow keys move, space marks`, onkeydown: (event) => this.key(event),
      onclick: (event) => { const word = event.target.closest('.word'); if (word) this.act(Number(word.dataset.word)); } });
    this.words.forEach((word, k) => { word.node = el('span', { class: 'word', 'data-word': k }, visible(word.piece)); });
    this.node.replaceChildren(...this.words.map((word) => word.node));
    this.cursor = 0;
    this.draw();
  }

  // Only words that changed: a text may have tens of thousands.
  draw() {
    this.words.forEach((word, k) => {
      const span = this.hit(word);
      const kind = `word${word.missing ? ' missing' : ''}${span ? ` error ${span.severity}` : ''}${this.begun === k ? ' begun' : ''}${this.cursor === k ? ' cursor' : ''}`;
      if (kind !== word.kind) word.kind = word.node.className = kind;
    });
  }

  hit(word) { return this.spans.find((s) => (word.missing ? s.start === s.end : s.start < word.end && s.end > word.start)); }

  act(k) {
    this.cursor = k;
    const word = this.words[k], hit = this.hit(word);
    if (this.begun === null && hit) this.changed(hit, false);
    else if (word.missing) {
      this.begun = null;
      if (!hit) this.changed({ start: word.start, end: word.end }, true);
    }
    else if (this.begun === null) { if (word.piece.trim()) this.begun = k; }
    else {
      const [from, to] = [Math.min(this.begun, k), Math.max(this.begun, k)];
      const made = { start: this.words[from].start, end: this.words[to].end };
      this.begun = null;
      for (let i = this.spans.length - 1; i >= 0; i--) if (this.spans[i].start < made.end && this.spans[i].end > made.start) this.spans.splice(i, 1);
      this.changed(made, true);
    }
    this.draw();
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      let next = this.cursor + step;
      while (this.words[next] && !this.words[next].piece.trim()) next += step;
      if (this.words[next]) this.cursor = next;
      this.draw();
    } else if (event.key === ' ' || event.key === 'Enter') this.act(this.cursor);
    else if (event.key === 'Escape') { this.begun = null; this.draw(); }
    else return;
    event.preventDefault();
  }

  quote(span) { return span.start === span.end ? MISSING : this.characters.slice(span.start, span.end).join(''); }
}

// A score from 0 to 100 that counts only once it has been touched: the middle is a score too.
function scoreBox(id, name, given, changed) {
  const slider = el('input', { type: 'range', min: 0, max: 100, step: 1, id, value: given ?? 50, 'aria-label': `${name}, score from 0 to 100` });
  const shown = el('output', { for: id }, given === null ? 'not set' : String(given));
  const box = { value: given, node: el('div', { class: 'score' }, slider, shown, el('div', { class: 'anchors soft' }, ANCHORS.map(([at, words]) => el('span', {}, `${at}: ${words}`)))) };
  const touched = () => { box.value = Number(slider.value); shown.textContent = slider.value; changed(); };
  for (const event of ['input', 'change', 'click']) slider.addEventListener(event, touched);
  return box;
}

// One output: its words to mark, the list of marks, and where the protocol asks for it its score.
class Panel {
  constructor(found, k, changed) {
    const given = (found.draft ?? found.answer)?.outputs[k];
    this.found = found;
    this.changed = changed;
    this.name = found.texts.length > 1 ? `translation ${k + 1}` : 'translation';
    // Marks in the source come with imported answers only; they are kept.
    this.kept = (given?.spans ?? []).filter((s) => s.source);
    this.spans = (given?.spans ?? []).filter((s) => !s.source).map((s) => ({ ...s }));
    this.marker = new Marker(found.texts[k], this.spans, (span, made) => this.marked(span, made), this.name);
    this.list = el('ul', { class: 'spans' });
    this.score = found.protocol === 'MQM' ? null : scoreBox(k ? `score-${k + 1}` : 'score', this.name, given?.score ?? null, changed);
    this.draw();
  }

  marked(span, made) {
    if (made) { this.spans.push({ ...span, severity: this.found.severities[0], category: null }); this.spans.sort((a, b) => a.start - b.start); }
    this.draw();
    this.changed();
    if (!made) this.list.children[this.spans.indexOf(span)]?.querySelector('select')?.focus();
  }

  draw() {
    const { severities, categories } = this.found;
    this.list.replaceChildren(...this.spans.map((span) => el('li', {}, el('q', {}, text(this.marker.quote(span))),
      select(severities.map((s) => [s, s]), (v) => { span.severity = v; this.marker.draw(); this.changed(); }, span.severity),
      categories.length ? select([['', 'category …'], ...categories.map((c) => [c, c])], (v) => { span.category = v || null; this.changed(); }, span.category ?? '') : null,
      el('button', { type: 'button', onclick: () => { this.spans.splice(this.spans.indexOf(span), 1); this.marker.draw(); this.draw(); this.changed(); } }, 'Remove'))));
  }

  get ready() { return (this.score === null || this.score.value !== null) && (!this.found.categories.length || this.spans.every((s) => s.category)); }

  get value() { return { spans: [...this.kept, ...this.spans], ...(this.score ? { score: this.score.value } : {}) }; }
}

PAGES.judge = async (main) => {
  $('pages').replaceChildren();
  const path = `judge/${NAME}`;
  let begun = 0, again = 0, turn = 0;
  const drafts = new Map(); // what was marked on screens that were left, or are not saved yet

  const focusMain = () => main.querySelector('.marker, .pair [data-choice]')?.focus({ preventScroll: true });

  const show = async (number, travelled = false) => {
    const mine = ++turn; // the last screen asked for is the one that is shown
    clearTimeout(again);
    const found = await get(path, number === undefined ? '' : new URLSearchParams([['task', number]]));
    if (mine !== turn) return;
    found.draft = drafts.get(found.task);
    if (!travelled) history[history.state === null ? 'replaceState' : 'pushState']({ task: found.task ?? undefined }, '');
    begun = performance.now();
    $('problem').hidden = true;
    const bar = el('p', { class: 'soft' }, el('progress', { max: found.total, value: found.done, 'aria-label': 'tasks done' }), ` ${found.done} of ${found.total} done`);
    if (found.task === null) {
      main.replaceChildren(bar, el('p', { id: 'finished' }, 'All is done. Thank you! You may close this page, or go back:'), el('button', { type: 'button', onclick: () => show(found.total - 1).catch(fail) }, 'Back to the last'));
      return;
    }
    main.replaceChildren(bar, ...screen(found));
    window.scrollTo(0, 0);
    focusMain();
    main.querySelector('.now').scrollIntoView({ block: 'nearest' }); // below a long context
  };

  // Where the server cannot be reached, the screen stays as it is, and the button is pressed again every few seconds.
  const send = async (found, value, pressed) => {
    clearTimeout(again);
    main.inert = true; // nothing is pressed twice
    const seconds = found.waited ?? (performance.now() - begun) / 1000;
    try {
      await post(path, { task: found.task, seconds, ...value });
      drafts.delete(found.task);
      await show(found.answer ? Math.min(found.task + 1, found.total - 1) : undefined);
    } catch (error) {
      if (error.status && error.status < 500) throw error;
      found.waited = seconds;
      again = setTimeout(() => { if (pressed.isConnected) pressed.click(); }, AGAIN);
      $('problem').hidden = false;
      $('problem').textContent = `${error.status ? `The server says: ${error.message}.` : 'The server does not answer.'} What you marked is still on this page and is sent again every few seconds: leave the page open, and tell whoever gave you the link.`;
    } finally {
      main.inert = false;
      if (pressed.isConnected) pressed.focus({ preventScroll: true });
      else focusMain();
    }
  };

  const screen = (found) => {
    const { protocol, answer: given } = found;
    const many = found.texts.length > 1;
    const names = found.texts.map((_, k) => (many ? `translation ${k + 1}` : `translation (${found.tgt})`));
    const heads = [`source (${found.src})`, ...names];
    const cell = (k, ...children) => el('td', { 'data-head': heads[k] }, ...children);
    const before = found.before.map((one) => el('tr', { class: 'before' }, [one.source, ...one.texts].map((t, k) => cell(k, text(t)))));
    const back = el('button', { type: 'button', disabled: found.task === 0, onclick: () => show(found.task - 1).catch(fail) }, 'Back');
    const table = (cells) => el('table', { class: found.texts.length > 2 ? 'judged many' : 'judged' }, el('thead', {}, el('tr', {}, heads.map((h) => el('th', { scope: 'col' }, h)))), el('tbody', {}, before, el('tr', { class: 'now' }, cells)));
    if (protocol === 'pairwise') {
      const buttons = [[0, 'Translation 1'], [-1, 'Neither'], [1, 'Translation 2']].map(([choice, label]) => el('button', { type: 'button', class: 'main', 'data-choice': choice, disabled: READ_ONLY, 'aria-pressed': String(given?.choice === choice), onclick: (event) => {
        if (event.detail < 2) send(found, { choice }, event.currentTarget).catch(fail); // the second of a double click would judge a pair unseen
      } }, label));
      return [el('p', {}, 'Which translation is better?'), table([cell(0, text(found.source)), ...found.texts.map((t, k) => cell(k + 1, text(t)))]),
        el('div', { class: 'controls pair' }, back, buttons)];
    }
    let next = null;
    const ready = () => { if (next) next.disabled = READ_ONLY || !panels.every((one) => one.ready); };
    const changed = () => { drafts.set(found.task, { outputs: panels.map((one) => one.value) }); ready(); };
    const panels = found.texts.map((_, k) => new Panel(found, k, changed));
    const value = () => (protocol === 'cESA' ? { outputs: panels.map((one) => one.value) } : panels[0].value);
    next = el('button', { type: 'button', class: 'main', id: 'next', onclick: () => send(found, value(), next).catch(fail) }, 'Save and go on');
    ready();
    const rest = panels.map((one) => [one.list, one.score?.node ?? null]);
    const then = { ESA: ' Then score the whole.', cESA: ' Then score each translation as a whole.', MQM: ' No error: simply go on.' }[protocol];
    return [el('p', {}, `Mark every error: click its first word, then its last (or arrow keys and space); ${MISSING} where something is not there.${then}`),
      table([cell(0, text(found.source)), ...panels.map((one, k) => cell(k + 1, one.marker.node, many ? rest[k] : null))]),
      many ? null : rest[0],
      el('div', { class: 'controls' }, back, next)].flat().filter(Boolean);
  };

  window.addEventListener('popstate', (event) => show(event.state?.task, true).catch(fail));
  window.addEventListener('beforeunload', (event) => { if (drafts.size) event.preventDefault(); });
  if (READ_ONLY) main.before(el('p', { class: 'notice' }, 'No answers are taken just now: the server was started with --read-only.'));
  await show();
};
