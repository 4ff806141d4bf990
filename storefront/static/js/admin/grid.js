// A grid of cells: arrows and Enter go from cell to cell, Escape takes back, a block from a spreadsheet is pasted in.
const cellsOf = (grid) =>
  [...grid.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("input[data-column]")]);

const placeOf = (rows, cell) => {
  const down = rows.findIndex((row) => row.includes(cell));
  return [down, down < 0 ? -1 : rows[down].indexOf(cell)];
};

const mark = (grid) => {
  let changed = 0;
  for (const cell of grid.querySelectorAll("input[data-column]")) {
    const differs = cell.value.trim() !== cell.dataset.seen;
    cell.closest("td").classList.toggle("is-changed", differs);
    changed += differs;
  }
  const count = grid.querySelector("[data-grid-count]");
  if (count) count.textContent = changed;
};

const go = (rows, down, across) => {
  const cell = rows[Math.min(Math.max(down, 0), rows.length - 1)]?.[across];
  cell?.focus();
  cell?.select();
};

const atEdge = (cell, key) => {
  const whole = cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;
  return whole || (key === "ArrowLeft" ? cell.selectionEnd === 0 : cell.selectionStart === cell.value.length);
};

document.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.("[data-grid] input[data-column]");
  if (!cell || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const grid = cell.closest("[data-grid]");
  const rows = cellsOf(grid);
  const [down, across] = placeOf(rows, cell);
  const { key } = event;
  if (key === "ArrowDown" || (key === "Enter" && !event.shiftKey)) go(rows, down + 1, across);
  else if (key === "ArrowUp" || key === "Enter") go(rows, down - 1, across);
  else if (key === "ArrowRight" && atEdge(cell, key)) go(rows, down, Math.min(across + 1, rows[down].length - 1));
  else if (key === "ArrowLeft" && atEdge(cell, key)) go(rows, down, Math.max(across - 1, 0));
  else if (key === "Escape") {
    cell.value = cell.dataset.seen;
    cell.dispatchEvent(new Event("input", { bubbles: true }));
    cell.select();
  } else return;
  event.preventDefault();
});

document.addEventListener("paste", (event) => {
  const cell = event.target.closest?.("[data-grid] input[data-column]");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!cell || !/[\t\n]/.test(text.trimEnd())) return;
  event.preventDefault();
  const grid = cell.closest("[data-grid]");
  const rows = cellsOf(grid);
  const [top, left] = placeOf(rows, cell);
  text.replace(/\r/g, "").replace(/\n$/, "").split("\n").forEach((line, down) => {
    line.split("\t").forEach((value, across) => {
      const target = rows[top + down]?.[left + across];
      if (target) target.value = value.trim();
    });
  });
  cell.dispatchEvent(new Event("input", { bubbles: true }));
});

document.addEventListener("input", (event) => {
  const grid = event.target.closest?.("[data-grid]");
  if (grid) mark(grid);
});

document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-grid] input[data-column]")) event.target.select();
});

document.querySelectorAll("[data-grid]").forEach(mark);
