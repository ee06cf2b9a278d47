function fail(error) {
  $('problem').hidden = false;
  $('problem').textContent = error.message ?? String(error);
  if (!error.status) throw error;
}

async function start() {
  menu();
  await PAGES[PAGE_NAME]($('main'));
  window.addEventListener('beforeprint', () => fitPaper());
  window.addEventListener('afterprint', () => fitPaper(false));
  document.body.dataset.ready = 'yes';
}

start().catch((error) => { document.body.dataset.ready = 'failed'; fail(error); });
