// Keys of the back office. "g" or Ctrl-K goes to the box that finds pages and things, "/" to the search of a list, "?"
// shows the keys. In a list j and k walk through the rows, x ticks one, Enter opens it; the arrows do the same once a
// row has the focus. A row takes the focus by script alone, so Tab goes its usual way and nobody is held.
const ROWS = "[data-list] [data-row]";

function isTyping(element) {
  return element.isContentEditable || /^(TEXTAREA|SELECT)$/.test(element.tagName) ||
    (element.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(element.type));
}

function focusField(selector) {
  const field = document.querySelector(selector);
  field?.focus();
  field?.select();
  return Boolean(field);
}

function openKeys() {
  const dialog = document.querySelector("#keys");
  if (!dialog || dialog.open) return false;
  dialog.showModal();
  return true;
}

function walk(by) {
  const rows = [...document.querySelectorAll(ROWS)];
  if (!rows.length) return false;
  const at = rows.indexOf(document.activeElement.closest?.(ROWS));
  const row = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)];
  row.tabIndex = -1;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
  return true;
}

const ANYWHERE = {
  g: () => focusField("#admin-q"),
  "/": () => focusField("#list-q") || focusField("#admin-q"),
  "?": openKeys,
  j: () => walk(1),
  k: () => walk(-1),
};
const IN_A_ROW = {
  ArrowDown: () => walk(1),
  ArrowUp: () => walk(-1),
  x: (row) => row.querySelector("[data-selects-row]")?.click() ?? true,
  Enter: (row) => row.querySelector("a[href]")?.click() ?? true,
  Escape: (row) => row.blur() ?? true,
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    if (focusField("#admin-q")) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const row = event.target.matches(ROWS) ? event.target : null;
  const act = (row && IN_A_ROW[event.key]) || ANYWHERE[event.key];
  if (act && act(row) !== false) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-opens-keys]")) openKeys();
  if (event.target.id === "keys" || event.target.closest("[data-closes-keys]")) document.querySelector("#keys")?.close();
});

// What "go to" found: the arrows walk through the links, Escape goes back to the field and closes them.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-goto]");
  if (!form) return;
  const stops = [form.querySelector("#admin-q"), ...form.querySelectorAll("#goto-found a")];
  const at = stops.indexOf(event.target);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && stops.length > 1 && at >= 0) {
    event.preventDefault();
    stops[(at + step + stops.length) % stops.length].focus();
  } else if (event.key === "Escape" && stops.length > 1) {
    event.preventDefault();
    form.querySelector("#goto-found").replaceChildren();
    stops[0].focus();
  }
});

document.addEventListener("focusout", (event) => {
  const form = event.target.closest?.("[data-goto]");
  if (form && event.relatedTarget && !form.contains(event.relatedTarget)) form.querySelector("#goto-found").replaceChildren();
});

// Boxes that drop down close when something else is pressed, or by Escape.
document.addEventListener("click", (event) => {
  for (const drop of document.querySelectorAll("details[data-drop][open]")) {
    if (!drop.contains(event.target)) drop.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const drop = event.key === "Escape" && event.target.closest?.("details[data-drop][open]");
  if (!drop) return;
  drop.open = false;
  drop.querySelector("summary").focus();
});
