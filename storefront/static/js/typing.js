// A form that is swapped while somebody types into it keeps what was typed since its request left. (htmx keeps the focus.)
const TYPED = "input:not([type=hidden], [type=checkbox], [type=radio]), textarea";
let typed = new Map();

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.shouldSwap || detail.target.tagName !== "FORM") return;
  typed = new Map([...detail.target.querySelectorAll(TYPED)].map((field) => [field.name, field.value]));
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (!typed.size) return;
  for (const field of detail.elt.closest("form")?.querySelectorAll(TYPED) ?? []) {
    if (typed.has(field.name)) field.value = typed.get(field.name);
  }
  typed = new Map();
});
