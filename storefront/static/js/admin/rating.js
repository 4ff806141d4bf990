// Rating results by digits: 0 to 3 choose in the row that has the focus, and go on to the next row.
document.addEventListener("keydown", (event) => {
  const row = event.target.closest("[data-rates] > li");
  if (!row || event.ctrlKey || event.metaKey || event.altKey || !/^[0-3]$/.test(event.key)) return;
  const chosen = row.querySelector(`input[type="radio"][value="${event.key}"]`);
  if (!chosen || chosen.matches(":disabled")) return;
  event.preventDefault();
  if (!chosen.checked) chosen.click();
  const next = row.nextElementSibling?.querySelector("input:checked, input");
  (next ?? chosen).focus();
  (next ?? chosen).scrollIntoView({ block: "nearest" });
});
