// Notices go away by themselves once read, but never while the pointer or the focus is on them.
// What changed in a far corner of the page is said in a live region.
const STAYS = 8000;
const timed = new WeakSet();

function time(notice) {
  if (timed.has(notice) || notice.matches(".notice--error")) return;
  timed.add(notice);
  const leave = () => {
    if (notice.matches(":hover, :focus-within")) setTimeout(leave, 2000);
    else notice.remove();
  };
  setTimeout(leave, STAYS);
}

function timeAll() {
  for (const notice of document.querySelectorAll(".flash .notice")) time(notice);
}

export function announce(text) {
  const region = document.querySelector("#live");
  if (!region || !text) return;
  region.textContent = "";
  setTimeout(() => (region.textContent = text), 50);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismisses]")) event.target.closest(".notice")?.remove();
});

document.addEventListener("htmx:afterSettle", (event) => {
  timeAll();
  announce(event.detail.elt.dataset?.announce);
});

timeAll();
