// For the annotator: one task at a time; errors are marked by words, with mouse or keyboard.
const ANCHORS = [[0, 'no meaning kept'], [33, 'some meaning kept'], [66, 'most meaning kept, few mistakes'], [100, 'perfect']];

// The words of a text as buttons of a kind: a first click begins a mark, a second ends it; on a mark it is chosen.
class Marker {
  constructor(value, spans, changed) {
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
    this.node = el('p', { class: 'marker text', dir: 'auto', tabindex: 0, 'aria-label': 'translation: arrow keys move, space marks', onkeydown: (event) => this.key(event) });
    this.cursor = 0;
    this.draw();
  }

  draw() {
    this.node.replaceChildren(...this.words.map((word, k) => {
      const span = this.spans.find((s) => s.start < word.end && s.end > word.start);
      return el('span', { class: `word${span ? ` error ${span.severity}` : ''}${this.begun === k ? ' begun' : ''}${this.cursor === k ? ' cursor' : ''}`, 'data-word': k, onclick: () => this.act(k) }, visible(word.piece));
    }));
  }

  act(k) {
    this.cursor = k;
    const word = this.words[k], hit = this.spans.find((s) => s.start < word.end && s.end > word.start);
    if (this.begun === null && hit) this.changed(hit, false);
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

  quote(span) { return this.characters.slice(span.start, span.end).join(''); }
}

PAGES.judge = async (main) => {
  $('pages').replaceChildren();
  const path = `judge/${NAME}`;
  let begun = 0;

  const show = async (number) => {
    const found = await get(path, number === undefined ? '' : new URLSearchParams([['task', number]]));
    begun = performance.now();
    const bar = el('p', { class: 'soft' }, el('progress', { max: found.total, value: found.done }), ` ${found.done} of ${found.total} done`);
    if (found.task === null) {
      main.replaceChildren(bar, el('p', { id: 'finished' }, 'All is done. Thank you! You may close this page, or go back:'), el('button', { type: 'button', onclick: () => show(found.total - 1).catch(fail) }, 'Back to the last'));
      return;
    }
    main.replaceChildren(bar, ...screen(found));
    main.querySelector('.marker, .pair button')?.focus();
  };

  const send = async (found, value) => {
    await post(path, { task: found.task, seconds: (performance.now() - begun) / 1000, ...value });
    await show(found.answer ? Math.min(found.task + 1, found.total - 1) : undefined);
  };

  const screen = (found) => {
    const { protocol, answer: given } = found;
    const pairs = protocol === 'pairwise';
    const heads = [`source (${found.src})`, ...(pairs ? ['translation 1', 'translation 2'] : [`translation (${found.tgt})`])];
    const before = found.before.map((one) => el('tr', { class: 'before' }, el('td', {}, text(one.source)), one.texts.map((t) => el('td', {}, text(t)))));
    const back = el('button', { type: 'button', disabled: found.task === 0, onclick: () => show(found.task - 1).catch(fail) }, 'Back');
    const table = (cells) => el('table', { class: 'judged' }, el('thead', {}, el('tr', {}, heads.map((h) => el('th', { scope: 'col' }, h)))), el('tbody', {}, before, el('tr', { class: 'now' }, cells)));
    if (pairs) {
      const choose = (choice, label) => el('button', { type: 'button', class: 'main', 'data-choice': choice, 'aria-pressed': String(given?.choice === choice), onclick: () => send(found, { choice }).catch(fail) }, label);
      return [el('p', {}, 'Which translation is better?'), table([el('td', {}, text(found.source)), ...found.texts.map((t) => el('td', {}, text(t)))]),
        el('div', { class: 'controls pair' }, back, choose(0, 'Translation 1'), choose(-1, 'Neither'), choose(1, 'Translation 2'))];
    }
    const spans = (given?.spans ?? []).map((s) => ({ ...s }));
    const list = el('ul', { class: 'spans' });
    const drawList = () => list.replaceChildren(...spans.map((span) => el('li', {}, el('q', {}, text(marker.quote(span))),
      select(found.severities.map((s) => [s, s]), (v) => { span.severity = v; marker.draw(); }, span.severity),
      found.categories.length ? select([['', 'category …'], ...found.categories.map((c) => [c, c])], (v) => { span.category = v || null; ready(); }, span.category ?? '') : null,
      el('button', { type: 'button', onclick: () => { spans.splice(spans.indexOf(span), 1); marker.draw(); drawList(); ready(); } }, 'Remove'))));
    const marker = new Marker(found.texts[0], spans, (span, made) => {
      if (made) { spans.push({ ...span, severity: found.severities[0], category: null }); spans.sort((a, b) => a.start - b.start); }
      drawList(); ready();
      if (!made) list.children[spans.indexOf(span)]?.querySelector('select')?.focus();
    });
    const slider = el('input', { type: 'range', min: 0, max: 100, step: 1, id: 'score', value: given?.score ?? 50, 'aria-label': 'score from 0 to 100', list: 'anchors', oninput: () => touched() });
    let scored = given !== null && protocol === 'ESA';
    const shown = el('output', {}, scored ? String(given.score) : 'not set');
    const touched = () => { scored = true; shown.textContent = slider.value; ready(); };
    slider.addEventListener('change', touched);
    slider.addEventListener('click', touched); // the middle is a score too
    const next = el('button', { type: 'button', class: 'main', id: 'next', onclick: () => send(found, { spans, ...(protocol === 'ESA' ? { score: Number(slider.value) } : {}) }).catch(fail) }, 'Save and go on');
    const ready = () => { next.disabled = (protocol === 'ESA' && !scored) || (found.categories.length > 0 && spans.some((s) => !s.category)); };
    drawList(); ready();
    return [el('p', {}, 'Mark every error: click its first word, then its last (or arrow keys and space).', protocol === 'ESA' ? ' Then score the whole.' : ' No error: simply go on.'),
      table([el('td', {}, text(found.source)), el('td', {}, marker.node)]), list,
      protocol === 'ESA' ? el('div', { class: 'score' }, slider, shown, el('div', { class: 'anchors soft' }, ANCHORS.map(([at, name]) => el('span', {}, `${at}: ${name}`)))) : '',
      el('div', { class: 'controls' }, back, next)];
  };

  await show();
};
