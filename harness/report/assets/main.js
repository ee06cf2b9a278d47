// Start: read the summary, draw what is small, and read segments when their section comes near.
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
  let number = 0, metric = null, drawn = null;

  const lazy = async () => {
    if (drawn === number) return;
    drawn = number;
    await drawSegments(data.sets[number]);
  };
  const redraw = () => {
    const set = data.sets[number];
    drawResults(set, metric);
    drawCharts(set, metric);
  };
  const change = async (k) => {
    number = k;
    const set = data.sets[k];
    metric = set.metrics.find((m) => metric && m.key === metric.key) ?? set.metrics[0];
    const box = $('choose');
    box.replaceChildren(
      data.sets.length > 1
        ? field('Test set', select(data.sets.map((s, i) => [String(i), s.name]), (i) => change(Number(i)).catch(fail), String(k)))
        : el('strong', {}, set.name));
    if (!metric) { $('results-body').replaceChildren(el('p', {}, 'These runs have no scores.')); return; }
    box.append(field('Metric', select(set.metrics.map((m) => [m.key, m.name]), (key) => {
      metric = set.metrics.find((m) => m.key === key);
      redraw();
    }, metric.key)));
    redraw();
    await drawAlignment(set, k);
    if (drawn !== null) await lazy();
  };
  await change(0);
  const watch = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) lazy().catch(fail);
  }, { rootMargin: '600px' });
  watch.observe($('segments'));
  window.addEventListener('beforeprint', () => { lazy().catch(fail); });
  document.body.dataset.ready = 'yes';
}

start().catch(fail);
