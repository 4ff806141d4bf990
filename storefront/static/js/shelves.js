// What becomes of a shelf, or of an entry of a curated page, is told to the shop: that it was seen, what was opened. It
// counts as seen once half of it, or as much as fills half the window, was in view for a second of a page that is looked
// at. What only this device remembers is not told, and nothing of a preview.
const LONG_ENOUGH = 1000;
const SHELF = '[data-request]:not([data-shelf="recently-viewed"])';
const ENTRY = "[data-entry]";
const waiting = new Map();
const seen = new Set();
const entries = new Set();

function tell(path, facts) {
  if (!document.body.hasAttribute("data-untold")) navigator.sendBeacon?.(path, JSON.stringify(facts));
}

function nameOf(place) {
  return place.dataset.request ?? `entry-${place.dataset.entry}`;
}

function tellSeen(place) {
  forget(place);
  observer?.unobserve(place);
  if (!place.isConnected || seen.has(nameOf(place))) return;
  seen.add(nameOf(place));
  if (place.dataset.request) tell("/shelves/views", { request: place.dataset.request });
  else entries.add(Number(place.dataset.entry));
  setTimeout(tellEntries, LONG_ENOUGH);
}

// Entries of one page are told together.
function tellEntries() {
  if (entries.size) tell("/entries/views", { entries: [...entries] });
  entries.clear();
}

function forget(place) {
  clearTimeout(waiting.get(place));
  waiting.delete(place);
}

function isInView({ isIntersecting, intersectionRatio, intersectionRect }) {
  return isIntersecting && (intersectionRatio >= 0.5 || intersectionRect.height >= innerHeight / 2);
}

function look(looks) {
  for (const each of looks) {
    if (!isInView(each) || document.hidden) forget(each.target);
    else if (!waiting.has(each.target)) waiting.set(each.target, setTimeout(tellSeen, LONG_ENOUGH, each.target));
  }
}

const steps = Array.from({ length: 21 }, (_, step) => step / 20);
const observer = "IntersectionObserver" in window ? new IntersectionObserver(look, { threshold: steps }) : null;

// Looking at it anew tells where each of them is now.
function watch() {
  for (const place of document.querySelectorAll(`.shelf${SHELF}, ${ENTRY}`)) {
    if (seen.has(nameOf(place))) continue;
    observer?.unobserve(place);
    observer?.observe(place);
  }
}

document.addEventListener("htmx:afterSettle", watch);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return watch();
  for (const place of [...waiting.keys()]) forget(place);
  tellEntries();
});
addEventListener("pageshow", watch);
watch();

function follow(event) {
  const link = event.button <= 1 && event.target.closest?.("a[href]");
  const card = link && link.closest("[data-product]");
  const shelf = card?.closest(SHELF);
  if (shelf) tell("/shelves/clicks", { request: shelf.dataset.request, product: Number(card.dataset.product) });
  const entry = link && link.closest(ENTRY);
  if (entry) tell("/entries/clicks", { entry: Number(entry.dataset.entry) });
}

document.addEventListener("click", follow);
document.addEventListener("auxclick", follow);

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const shelf = detail.elt.closest(SHELF);
  if (shelf) detail.headers["Shelf-Id"] = shelf.dataset.request;
});

// What was due is in the cart now: pressed again, it would be there twice.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const then = detail.successful && detail.elt.matches(".shelf__all") && detail.elt.querySelector("[data-then]");
  if (!then) return;
  then.hidden = false;
  detail.elt.replaceWith(then);
  then.focus({ preventScroll: true });
});
