// A form marked data-guarded asks before its changes are lost.
const changed = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guarded]");
  if (form) changed.add(form);
});

document.addEventListener("submit", (event) => changed.delete(event.target));

addEventListener("beforeunload", (event) => {
  const open = [...changed].some((form) => form.isConnected);
  if (open) event.preventDefault();
});
