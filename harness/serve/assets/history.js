// Scores of each system over its runs, and what changed in between.
PAGES.history = async (main) => {
  const query = new URLSearchParams(location.search);
  const options = (await get('options/history')).filter((option) => ['runs', 'by', 'metric', 'since'].includes(option.name));
  main.append(optionForm(options, query, ['runs', 'by', 'metric', 'since']));
  const found = await get('history', query);
  if (found.problems.length) main.append(listOf(found.problems));
  main.append(...found.sheets.map((sheet, k) => sheetTable(`history-${k}`, sheet)));
  if (!found.sheets.length) main.append(el('p', {}, 'No finished run matches.'));
};
