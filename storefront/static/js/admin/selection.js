// Rows with a checkbox: one box for all of the page, and how many are chosen; the bar comes by CSS once one is.
function refresh(table) {
  const boxes = [...table.querySelectorAll("tbody [data-selects-row]")];
  const chosen = boxes.filter((box) => box.checked).length;
  const all = table.querySelector("[data-selects-all]");
  if (all) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
  const count = table.closest("form")?.querySelector("[data-bulk-count]");
  if (count) count.textContent = String(chosen);
}

document.addEventListener("change", (event) => {
  const table = event.target.closest("table");
  if (!table) return;
  if (event.target.matches("[data-selects-all]")) {
    for (const box of table.querySelectorAll("tbody [data-selects-row]")) box.checked = event.target.checked;
  }
  if (event.target.matches("[data-selects-all], [data-selects-row]")) refresh(table);
});

// A browser that comes back remembers what was ticked.
addEventListener("pageshow", () => document.querySelectorAll("[data-list] table").forEach(refresh));
