// A field for files that is also a place to drop them: what is dropped is put into the field, and the form is sent.
function zoneOf(event) {
  return event.target.closest?.("[data-drop-zone]");
}

function mark(zone, isOver) {
  zone.classList.toggle("is-dropped-on", isOver);
}

document.addEventListener("dragover", (event) => {
  const zone = zoneOf(event);
  if (!zone || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  mark(zone, true);
});

document.addEventListener("dragleave", (event) => {
  const zone = zoneOf(event);
  if (zone && !zone.contains(event.relatedTarget)) mark(zone, false);
});

document.addEventListener("drop", (event) => {
  const zone = zoneOf(event);
  if (!zone || !event.dataTransfer?.files.length) return;
  event.preventDefault();
  mark(zone, false);
  zone.querySelector("input[type=file]").files = event.dataTransfer.files;
  zone.requestSubmit();
});

document.addEventListener("submit", (event) => {
  const said = event.target.matches("[data-drop-zone]") && event.target.querySelector("[data-drop-said]");
  if (said) said.textContent = said.dataset.said;
});
