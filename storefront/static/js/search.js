// "/" goes to the search field, from anywhere but a field; so does the phone's bottom bar. Under the field come
// suggestions: plain links, walked by the arrow keys, gone with Escape or when the focus leaves.
function isTyping(element) {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

function focusSearch() {
  const field = document.querySelector("[data-search-field]");
  field?.focus();
  field?.select();
  return Boolean(field);
}

function forget(box) {
  box.querySelector(".suggestions")?.replaceChildren();
}

function walk(box, key) {
  const stops = [box.querySelector("[data-search-field]"), ...box.querySelectorAll(".suggestions a")];
  const next = stops.indexOf(document.activeElement) + (key === "ArrowDown" ? 1 : -1);
  stops.at(next % stops.length).focus();
}

document.addEventListener("keydown", (event) => {
  const box = event.target.closest(".search");
  if (box && event.key === "Escape") {
    forget(box);
    focusSearch();
  } else if (box?.querySelector(".suggestions a") && /^Arrow(Up|Down)$/.test(event.key)) {
    event.preventDefault();
    walk(box, event.key);
  } else if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target)) {
    if (focusSearch()) event.preventDefault();
  }
});

document.addEventListener("focusout", (event) => {
  const box = event.target.closest(".search");
  if (box && !box.contains(event.relatedTarget)) setTimeout(() => box.contains(document.activeElement) || forget(box), 150);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-focuses-search]") && focusSearch()) event.preventDefault();
});
