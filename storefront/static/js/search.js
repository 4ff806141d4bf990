// "/" goes to the search field, from anywhere but a field; so does the phone's bottom bar.
function isTyping(element) {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

function focusSearch() {
  const field = document.querySelector("[data-search-field]");
  field?.focus();
  field?.select();
  return Boolean(field);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (focusSearch()) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-focuses-search]") && focusSearch()) event.preventDefault();
});
