// The figure under the pointer, or under the focus, of a bar chart drawn by the server.
function show(bar) {
  const chart = bar.closest("[data-chart]");
  const label = chart?.querySelector("[data-chart-label]");
  if (label) label.textContent = bar.dataset.label;
}

for (const kind of ["pointerover", "focusin"]) {
  document.addEventListener(kind, (event) => {
    const bar = event.target.closest?.("[data-chart] [data-label]");
    if (bar) show(bar);
  });
}
