// What is typed after a request has left survives the answer that is swapped over it, and is told in its turn.
const TYPED = "input:not([type=hidden], [type=checkbox], [type=radio], [type=search]), textarea";
const sent = new WeakMap();
let typed = new Map();
let focused = "";

function fieldsOf(target) {
  return [...target.querySelectorAll(TYPED)].filter((field) => field.id);
}

document.addEventListener("htmx:beforeSend", ({ detail }) => {
  sent.set(detail.xhr, new Map(fieldsOf(detail.target).map((field) => [field.id, field.value])));
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const then = sent.get(detail.xhr);
  if (!detail.shouldSwap || !then) return;
  const changed = fieldsOf(document).filter((field) => then.has(field.id) && then.get(field.id) !== field.value);
  typed = new Map(changed.map((field) => [field.id, field.value]));
  focused = document.activeElement?.matches(TYPED) && then.has(document.activeElement.id) ? document.activeElement.id : "";
});

document.addEventListener("htmx:afterSwap", () => {
  const [kept, place] = [typed, focused];
  [typed, focused] = [new Map(), ""];
  for (const [id, value] of kept) {
    const field = document.getElementById(id);
    if (!field) continue;
    field.value = value;
    const tell = () => field.dispatchEvent(new Event("change", { bubbles: true }));
    if (id === place) field.addEventListener("blur", tell, { once: true });
    else setTimeout(tell);
  }
  if (place) document.getElementById(place)?.focus();
});
