// What becomes of a shelf is told to the shop: that it was seen, which product was opened. A shelf counts as seen once
// half of it, or as much as fills half the window, was in view for a second of a page that is looked at.
// What only this device remembers is not told.
const LONG_ENOUGH = 1000;
const TOLD = '[data-request]:not([data-shelf="recently-viewed"])';
const waiting = new Map();
const seen = new Set();

function tell(path, facts) {
  navigator.sendBeacon?.(path, JSON.stringify(facts));
}

function tellSeen(shelf) {
  forget(shelf);
  observer?.unobserve(shelf);
  const request = shelf.dataset.request;
  if (!shelf.isConnected || seen.has(request)) return;
  seen.add(request);
  tell("/shelves/views", { request });
}

function forget(shelf) {
  clearTimeout(waiting.get(shelf));
  waiting.delete(shelf);
}

function isInView({ isIntersecting, intersectionRatio, intersectionRect }) {
  return isIntersecting && (intersectionRatio >= 0.5 || intersectionRect.height >= innerHeight / 2);
}

function look(entries) {
  for (const entry of entries) {
    if (!isInView(entry) || document.hidden) forget(entry.target);
    else if (!waiting.has(entry.target)) waiting.set(entry.target, setTimeout(tellSeen, LONG_ENOUGH, entry.target));
  }
}

const steps = Array.from({ length: 21 }, (_, step) => step / 20);
const observer = "IntersectionObserver" in window ? new IntersectionObserver(look, { threshold: steps }) : null;

// Looking at it anew tells where each shelf is now.
function watch() {
  for (const shelf of document.querySelectorAll(`.shelf${TOLD}`)) {
    if (seen.has(shelf.dataset.request)) continue;
    observer?.unobserve(shelf);
    observer?.observe(shelf);
  }
}

document.addEventListener("htmx:afterSettle", watch);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) watch();
  else for (const shelf of [...waiting.keys()]) forget(shelf);
});
addEventListener("pageshow", watch);
watch();

function follow(event) {
  const link = event.button <= 1 && event.target.closest?.("a[href]");
  const card = link && link.closest("[data-product]");
  const shelf = card?.closest(TOLD);
  if (shelf) tell("/shelves/clicks", { request: shelf.dataset.request, product: Number(card.dataset.product) });
}

document.addEventListener("click", follow);
document.addEventListener("auxclick", follow);

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const shelf = detail.elt.closest(TOLD);
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
