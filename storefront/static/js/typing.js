// A form that is swapped while somebody types into it keeps what was typed since the request left, and the place.
const TYPED = "input:not([type=hidden], [type=checkbox], [type=radio]), textarea";
let typed = new Map();
let place = null;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.shouldSwap || detail.target.tagName !== "FORM") return;
  typed = new Map([...detail.target.querySelectorAll(TYPED)].map((field) => [field.name, field.value]));
  const field = document.activeElement;
  place = field?.matches(TYPED) && detail.target.contains(field) ? [field.name, field.selectionStart] : null;
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const form = detail.elt.closest("form");
  if (!form || !typed.size) return;
  for (const field of form.querySelectorAll(TYPED)) {
    if (typed.has(field.name)) field.value = typed.get(field.name);
  }
  const field = place && form.querySelector(`[name="${CSS.escape(place[0])}"]`);
  if (field) {
    field.focus();
    if (place[1] !== null) field.setSelectionRange(place[1], place[1]);
  }
  typed = new Map();
  place = null;
});
