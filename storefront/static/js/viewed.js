// What was looked at on this device, the latest first: product ids in local storage and nowhere else. A browser that asks
// not to be followed keeps none, and gives up what it had. The shop is asked for their cards and keeps nothing of it.
import htmx from "htmx.org/dist/htmx.esm.js";

const KEY = "viewed-products";
const MOST = 20;
const keepsNone = navigator.globalPrivacyControl === true || navigator.doNotTrack === "1";

function viewed() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter(Number.isSafeInteger).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function keep(ids) {
  try {
    if (ids.length && !keepsNone) localStorage.setItem(KEY, JSON.stringify(ids.slice(0, MOST)));
    else localStorage.removeItem(KEY);
  } catch {
    // Storage is blocked or full: then nothing is remembered.
  }
}

function offer(shelf) {
  const now = Number(shelf.dataset.viewedNow);
  const ids = keepsNone ? [] : viewed().filter((id) => id !== now);
  if (now) keep([now, ...ids]);
  if (!ids.length) return;
  shelf.setAttribute("hx-get", `${shelf.dataset.viewed}?products=${ids.join(".")}`);
  shelf.setAttribute("hx-trigger", "revealed");
  shelf.setAttribute("hx-swap", "outerHTML");
  shelf.hidden = false;
  htmx.process(shelf);
}

if (keepsNone) keep([]);
document.querySelectorAll("[data-viewed]").forEach(offer);

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-forgets-viewed]")) return;
  keep([]);
  document.querySelector("#shelf-recently-viewed")?.remove();
});
