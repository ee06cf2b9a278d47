// For the organiser: links, progress and exports of each campaign.
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
      const head = [{ name: 'annotator', text: true, up: true }, { name: 'done' }, { name: 'of' }, { name: 's a task' }, { name: pairs ? 'repeated alike' : 'repeated, |Δ|' }, { name: 'degraded found' }, { name: 'link', text: true, up: true }];
      const value = (found, digits) => ({ key: found, show: number(found, digits) });
      const rows = one.annotators.map((who) => {
        const link = `${location.origin}${href(`judge/${one.name}/${who.key}`)}`;
        return { cells: [{ key: who.name, show: who.name }, { key: who.done, show: el('span', { class: 'progress' }, el('progress', { max: who.total, value: who.done }), ` ${who.done}`) }, { key: who.total, show: who.total }, value(who.seconds, 1), value(who.repeated, 2), value(who.degraded, 2),
          { key: who.name, show: el('a', { href: link, class: 'judge' }, link) }] };
      });
      const how = one.choice === 'random' ? 'a random sample' : one.choice === 'all' ? 'all' : 'those on which metrics disagree, so no estimate for the test set';
      return section(one.name, one.name,
        el('p', {}, `${one.protocol}, ${one.pair}, ${one.segments} of ${one.of} segments of ${one.data} (${how}), seed ${one.seed}; systems: `, text(Object.keys(one.systems).join(', '))),
        sortable(`campaign-${one.name}`, head, rows, -1),
        el('p', { class: 'links' }, 'Answers so far:', [['scores', 'scores (CSV)'], ...(pairs ? [] : [['wmt-mqm', 'WMT (TSV)'], ['pearmut', 'pearmut (JSON)']])].map(([kind, name]) => el('a', { href: href(`campaign/${one.name}/${kind}`) }, name))));
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
