// The search field is a combobox (WAI-ARIA pattern, list popup): the focus stays in the field, the arrow keys point at an
// option, Enter follows it. htmx fetches the suggestions; an empty field offers what was searched on this device.
import { forgetSearch, forgetSearches, recentSearches, searchUrl } from "./recent.js";

const field = document.querySelector("[data-search-field]");
let pointed = -1;

function popup() {
  return document.querySelector("#suggestions");
}

function options() {
  return [...document.querySelectorAll("#suggestions [role=option]")];
}

function point(place) {
  const all = options();
  pointed = all[place] ? place : -1;
  all.forEach((option, number) => option.setAttribute("aria-selected", String(number === pointed)));
  if (pointed < 0) {
    field.removeAttribute("aria-activedescendant");
    return;
  }
  field.setAttribute("aria-activedescendant", all[pointed].id);
  all[pointed].scrollIntoView({ block: "nearest" });
}

function show(isOpen) {
  const list = popup();
  if (!list) return;
  list.hidden = !isOpen;
  field.setAttribute("aria-expanded", String(isOpen));
  point(-1);
}

function isOpen() {
  return field.getAttribute("aria-expanded") === "true";
}

function drawRecent() {
  const searches = recentSearches();
  const drawing = document.querySelector("#recent-searches")?.content.cloneNode(true);
  if (!drawing || !popup() || !searches.length) {
    show(false);
    return;
  }
  const [clock, cross] = [...drawing.children].filter((part) => part.matches(".icon"));
  const [list, buttons] = [drawing.querySelector("[role=listbox]"), drawing.querySelector("ul")];
  searches.forEach((text, number) => {
    const option = Object.assign(document.createElement("a"), { href: searchUrl(text), id: `recent-${number}`, tabIndex: -1 });
    option.setAttribute("role", "option");
    const words = Object.assign(document.createElement("span"), { textContent: text });
    option.append(clock.cloneNode(true), words);
    list.append(option);
    const button = Object.assign(document.createElement("button"), { type: "button", className: "icon-button" });
    button.setAttribute("aria-label", `${buttons.dataset.remove}: ${text}`);
    button.dataset.forgets = text;
    button.append(cross.cloneNode(true));
    const row = document.createElement("li");
    row.append(button);
    buttons.append(row);
  });
  clock.remove();
  cross.remove();
  popup().replaceChildren(drawing);
  show(true);
}

function forget(text) {
  if (text === undefined) forgetSearches();
  else forgetSearch(text);
  drawRecent();
  field.focus();
}

// Where a key leads; undefined for a key that is the field's own business.
function placeFor(key) {
  const last = options().length - 1;
  if (key === "ArrowDown") return pointed < last ? pointed + 1 : -1;
  if (key === "ArrowUp") return pointed < 0 ? last : pointed - 1;
  if (pointed >= 0 && key === "Home") return 0;
  if (pointed >= 0 && key === "End") return last;
  return undefined;
}

function onKey(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const option = options()[pointed];
  const place = placeFor(event.key);
  if (place !== undefined && options().length) {
    event.preventDefault();
    if (!isOpen()) show(true);
    point(place);
  } else if (event.key === "Enter" && option && isOpen()) {
    event.preventDefault();
    option.click();
  } else if (event.key === "Delete" && option?.id.startsWith("recent-")) {
    event.preventDefault();
    forget(option.textContent.trim());
  } else if (event.key === "Escape" && isOpen()) {
    event.preventDefault();
    show(false);
  }
}

function offer() {
  if (!field.value.trim()) drawRecent();
  else if (options().length && !options()[0].id.startsWith("recent-")) show(true);
}

function isTyping(element) {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

function focusSearch() {
  field?.focus();
  field?.select();
  return Boolean(field);
}

if (field && popup()) {
  const states = { role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-expanded": "false" };
  for (const [name, value] of Object.entries({ ...states, "aria-controls": "suggestions-list" })) field.setAttribute(name, value);
  field.addEventListener("keydown", onKey);
  field.addEventListener("focus", offer);
  field.addEventListener("click", () => isOpen() || offer());
  field.addEventListener("input", () => (field.value.trim() ? point(-1) : drawRecent()));
  field.addEventListener("htmx:beforeRequest", (event) => field.value.trim() || event.preventDefault());

  // An answer to what is no longer there is dropped.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.requestConfig.elt === field && detail.requestConfig.parameters.q !== field.value) detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.requestConfig?.elt === field) show(options().length > 0 && document.activeElement === field);
  });
  field.form.addEventListener("focusout", (event) => field.form.contains(event.relatedTarget) || show(false));
}

// A press on a suggestion leaves the focus in the field.
document.addEventListener("mousedown", (event) => event.target.closest("#suggestions") && event.preventDefault());

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (focusSearch()) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-forgets], [data-forgets-all]");
  if (button) forget(button.dataset.forgets);
  if (event.target.closest("[data-focuses-search]") && focusSearch()) event.preventDefault();
});
