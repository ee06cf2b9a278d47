// For the organiser: links, progress, means so far and exports of each campaign.
const KINDS = { scores: 'scores (CSV)', pearmut: 'pearmut (JSON)', 'pearmut-campaign': 'tasks for pearmut (JSON)', 'wmt-esa': 'WMT ESA (JSON lines)', 'wmt-mqm': 'WMT MQM (TSV)', appraise: 'Appraise (CSV)' };
const moment = (at) => new Date(at).toLocaleString('sv').slice(0, 16); // 2026-11-28 03:05, here
// The link of an annotator: it is copied rather than read, and may be long.
function linkCell(link, name) {
  const copy = el('button', { type: 'button', 'aria-label': `Copy the link of ${name}`, onclick: async () => {
    try {
      await navigator.clipboard.writeText(link);
    } catch { // not allowed, or a page that is not https
      const box = el('textarea', {}, link);
      copy.after(box);
      box.select();
      document.execCommand('copy');
      box.remove();
    }
    copy.textContent = 'copied';
    setTimeout(() => { copy.textContent = 'copy'; }, 2000);
  } }, 'copy');
  return el('span', { class: 'copied' }, el('a', { href: link, class: 'judge', title: link }, el('span', { class: 'origin' }, `${location.origin}${BASE}/`), link.slice(location.origin.length + BASE.length + 1)), copy);
}

PAGES.campaigns = async (main) => {
  const place = el('div');
  main.append(place);
  const draw = ({ campaigns }) => {
    if (!campaigns.length) {
      place.replaceChildren(el('p', {}, 'No campaign yet. Make one with: ', el('code', {}, 'python -m harness campaign NAME pair=fr-pl --annotators ann ben')));
      return;
    }
    place.replaceChildren(...campaigns.map((one) => {
      if (one.problem) return section(one.name, one.name, el('p', { class: 'notice' }, text(one.problem)));
      const pairs = one.protocol === 'pairwise';
      const head = [{ name: 'annotator', text: true, up: true }, { name: 'link', text: true, up: true, unbroken: true }, { name: 'done' }, { name: 'of' }, { name: 's a task' }, { name: pairs ? 'repeated alike' : 'repeated, |Δ|' }, { name: 'degraded found' }, { name: 'last answer', text: true, unbroken: true }];
      const value = (found, digits) => ({ key: found, show: number(found, digits) });
      const outOf = (found, n) => ({ key: found, show: found === null ? '–' : `${number(found, 2)} (of ${n})` });
      const rows = one.annotators.map((who) => {
        const link = `${location.origin}${href(`judge/${one.name}/${who.key}`)}`;
        return { cells: [{ key: who.name, show: text(who.label ?? who.name) }, { key: who.name, show: linkCell(link, who.label ?? who.name), said: link }, { key: who.done, show: el('span', { class: 'progress' }, el('progress', { max: who.total, value: who.done }), ` ${who.done}`) }, { key: who.total, show: who.total }, value(who.seconds, 1), outOf(who.repeated, who.n_repeated), outOf(who.degraded, who.n_degraded), { key: who.last ?? '', show: who.last ? moment(who.last) : '' }] };
      });
      const done = one.annotators.reduce((sum, who) => sum + who.done, 0), total = one.annotators.reduce((sum, who) => sum + who.total, 0);
      const means = [{ name: 'system', text: true, up: true }, { name: one.protocol === 'MQM' ? 'mean, minus cost' : 'mean', up: false }, { name: '95 %', text: true, up: false }, { name: 'not corrected' }, { name: 'segments' }];
      const span = ([low, high]) => (low === null ? '' : `[${number(low, 1)}, ${number(high, 1)}]`);
      const lines = one.means.map((m) => ({ cells: [{ key: m.system, show: text(m.system) }, value(m.value, 1), { key: m.ci[0] ?? '', show: span(m.ci) }, value(m.plain, 1), { key: m.segments, show: m.segments }] }));
      return section(one.name, one.name,
        el('p', {}, `${one.protocol}, ${one.pair}, ${one.segments} of ${one.of} segments of `, text(one.data), `; seed ${one.seed}; systems: `, text(Object.keys(one.systems).join(', '))),
        el('p', {}, el('progress', { max: total || 1, value: done, 'aria-label': 'tasks done' }), ` ${done} of ${total} tasks done`),
        sortable(`campaign-${one.name}`, head, rows, -1),
        one.annotators.filter((who) => who.unread).map((who) => el('p', { class: 'notice' }, text(who.unread))),
        lines.length ? el('h3', {}, 'So far') : null,
        lines.length ? sortable(`means-${one.name}`, means, lines, 1) : null,
        lines.length ? one.said.map((line) => el('p', { class: 'soft' }, text(line))) : null,
        el('p', { class: 'links' }, 'Answers so far:', one.exports.map((kind) => el('a', { href: href(`campaign/${one.name}/${kind}`) }, KINDS[kind] ?? kind))));
    }));
  };
  let last = '';
  const follow = async () => {
    const found = await get('campaigns'), now = JSON.stringify(found);
    if (now !== last) { last = now; draw(found); }
  };
  await follow();
  setInterval(() => { if (!document.hidden) follow().catch(fail); }, 4000);
};
