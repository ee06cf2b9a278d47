// Start: read the summary, draw what is small, then the segments; a changed address is followed.
function fail(error) {
  $('problem').hidden = false;
  $('problem').textContent = `This page could not be shown: ${error.message ?? error}`;
  throw error;
}

async function start() {
  if (typeof DecompressionStream === 'undefined') {
    throw new Error('the browser is too old (it has no DecompressionStream); use one of 2023 or later');
  }
  const data = await read('summary');
  document.title = data.title;
  $('title').textContent = data.title;
  for (const link of document.querySelectorAll('nav a, a.skip')) anchor(link);

  const show = async () => {
    const at = Number(state.set), number = data.sets[at] ? at : 0, set = data.sets[number];
    state.set = String(number);
    const metric = set.metrics.find((m) => m.key === state.metric) ?? set.metrics[0];
    $('which').textContent = set.name;
    $('choose').replaceChildren();
    if (data.sets.length > 1) {
      $('choose').append(field('Test set', picker(data.sets.map((s, i) => [String(i), s.name]), (i) => {
        Object.assign(state, DEFAULTS, { set: i, metric: state.metric });
        writeAddress();
        show().catch(fail);
      }, state.set)));
    }
    if (!metric) { $('results-body').replaceChildren(el('p', {}, 'These runs have no scores.')); return; }
    $('choose').append(field('Metric', select(set.metrics.map((m) => [m.key, m.name]), (key) => {
      state.metric = key;
      writeAddress();
      redraw(set, set.metrics.find((m) => m.key === key));
      drawDifferences(set, number).catch(fail);
    }, metric.key)));
    redraw(set, metric);
    await drawDifferences(set, number);
    await drawAlignment(set, number);
    await drawDocuments(set, number, await drawSegments(set));
  };
  const redraw = (set, metric) => { drawResults(set, metric); drawCharts(set, metric); };
  const follow = () => { readAddress(); pairCellsShow.what = state.cells; };
  pairCellsShow.changed = (what) => { state.cells = what; writeAddress(); };
  follow();
  await show();
  window.addEventListener('hashchange', () => {
    if (location.hash && !location.hash.includes('=')) return;
    follow();
    show().catch(fail);
  });
  window.addEventListener('resize', redrawResized);
  window.addEventListener('beforeprint', () => fitPaper());
  window.addEventListener('afterprint', () => fitPaper(false));
  document.body.dataset.ready = 'yes';
}

start().catch(fail);
