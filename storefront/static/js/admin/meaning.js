// What a figure means opens under the pointer too, one at a time, and closes with Escape or a click beside it.
const open = () => document.querySelectorAll("details[data-meaning][open]");

function closeOthers(but) {
  for (const each of open()) if (each !== but) each.open = false;
}

document.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "mouse") return;
  const meaning = event.target.closest?.("details[data-meaning]");
  if (meaning && !meaning.open) {
    meaning.open = true;
    meaning.dataset.hovered = "";
  }
  for (const each of document.querySelectorAll("details[data-hovered]")) {
    if (each === meaning) continue;
    each.open = false;
    delete each.dataset.hovered;
  }
});

document.addEventListener("click", (event) => {
  const meaning = event.target.closest?.("details[data-meaning]");
  if (meaning && event.target.closest("summary") && "hovered" in meaning.dataset) {
    delete meaning.dataset.hovered;
    event.preventDefault();
  }
  closeOthers(meaning);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const each of open()) {
    each.open = false;
    if (each.contains(document.activeElement)) each.querySelector("summary").focus();
  }
});
