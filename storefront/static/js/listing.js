// One more page of cards: the focus goes to the first of them, so that a reader of the keyboard goes on from there.
document.addEventListener("htmx:afterSettle", (event) => {
  const page = event.detail.elt;
  if (page.matches?.("[data-continues]")) page.querySelector("a")?.focus({ preventScroll: true });
});

// A list that was swapped takes the chip or button with it that was pressed: the focus goes to the next one, not to the
// top of the page.
let isLosing = false;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  isLosing = detail.target.id === "listing" && detail.target.contains(document.activeElement);
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (!isLosing || detail.elt.id !== "listing" || document.activeElement !== document.body) return;
  detail.elt.querySelector(".chips a, #sort")?.focus({ preventScroll: true });
});

// What was chosen since the page came stands in the address: another language shows the same list.
document.addEventListener("submit", ({ target }) => {
  const next = target.matches('form[action="/language"]') && target.elements.next;
  if (next) next.value = location.pathname + location.search;
});

// Back and forward ask the server for the list anew; then it stands where it was left. The browser's own memory is no help
// there: it goes, late, to where the list before was cut short. So a place is kept by address for as long as the tab is
// open; where nothing can be kept, the browser does what it can.
const KEY = "scrolled";
const MOST = 40;

function readPlaces() {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(KEY) ?? "[]"));
  } catch {
    return null;
  }
}

function keepPlaces(places) {
  let shown = location.href;
  const keep = () => location.href === shown && places.set(shown, Math.round(scrollY));
  // A list that was swapped in under a reader who did not scroll since has a place, too.
  document.addEventListener("htmx:beforeRequest", keep);
  document.addEventListener("htmx:pushedIntoHistory", () => (shown = location.href));
  addEventListener("scroll", keep, { passive: true });
  addEventListener("pagehide", () => {
    keep();
    try {
      sessionStorage.setItem(KEY, JSON.stringify([...places].slice(-MOST)));
    } catch {
      history.scrollRestoration = "auto";
    }
  });
}

const places = document.querySelector("#listing") && readPlaces();
if (places) {
  history.scrollRestoration = "manual";
  const isAgain = performance.getEntriesByType("navigation")[0]?.type !== "navigate";
  if (isAgain && places.has(location.href)) scrollTo({ top: places.get(location.href), behavior: "instant" });
  keepPlaces(places);
}
