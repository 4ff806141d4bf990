// A search result as it is typed, and how long its words are; without a script both show what is stored.
function count(field) {
  for (const told of document.querySelectorAll(`[data-counts="${field.id}"]`)) {
    const length = [...field.value].length;
    told.textContent = told.textContent.replace(/\d+/, String(length));
    told.classList.toggle("is-long", length > Number(told.dataset.good));
  }
}

function show(field) {
  for (const shown of document.querySelectorAll(`[data-shows="${field.id}"]`)) {
    shown.textContent = field.value.trim() || shown.dataset.usual;
  }
}

document.addEventListener("input", (event) => {
  if (!event.target.id) return;
  count(event.target);
  show(event.target);
});
