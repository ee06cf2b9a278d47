// Scores of each system over its runs, and what changed in between.
PAGES.history = async (main) => {
  const query = new URLSearchParams(location.search);
  main.append(optionForm(await get('options/history'), query, ['runs', 'by', 'metric', 'since']));
  const found = await get('history', query);
  if (found.problems.length) main.append(listOf(found.problems));
  if (found.gate) main.append(verdict(found.gate));
  main.append(...found.sheets.map((sheet, k) => sheetTable(`history-${k}`, sheet)));
  if (!found.sheets.length) main.append(el('p', {}, 'No finished run matches.'));
};
