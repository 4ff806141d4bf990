// What is typed after a request has left survives the answer that is swapped over it, and is told in its turn.
const TYPED = "input:not([type=hidden], [type=checkbox], [type=radio], [type=search]), textarea";
const sent = new WeakMap();
let typed = new Map();
let focused = "";
let untold = new Set();
const SETTLED = 40; // milliseconds; htmx listens to new elements after 20

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

function tell(id) {
  document.getElementById(id)?.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("htmx:afterSwap", () => {
  const [kept, place] = [typed, focused];
  [typed, focused] = [new Map(), ""];
  for (const [id, value] of kept) {
    const field = document.getElementById(id);
    if (!field) continue;
    field.value = value;
    if (id === place) field.addEventListener("blur", () => setTimeout(tell, SETTLED, id), { once: true });
    else untold.add(id);
  }
  if (place) document.getElementById(place)?.focus();
});

// Only now do the new elements listen.
document.addEventListener("htmx:afterSettle", () => {
  const ids = untold;
  untold = new Set();
  ids.forEach(tell);
});
