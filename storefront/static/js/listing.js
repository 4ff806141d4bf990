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

// Back and forward ask the server for the list anew; then it stands where it was left. The browser forgets that when a
// page is loaded again inside its history, so it is kept here, by address, for as long as the tab is open.
const KEY = "scrolled";
const MOST = 40;
const places = readPlaces();

function readPlaces() {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(KEY) ?? "[]"));
  } catch {
    return new Map();
  }
}

function standAt(place) {
  if (place !== undefined && Math.abs(scrollY - place) > 1) scrollTo({ top: place, behavior: "instant" });
}

if (document.querySelector("#listing")) {
  if (performance.getEntriesByType("navigation")[0]?.type === "reload") {
    // The browser would go, late, to where the list before was cut short, and that place would then be kept.
    history.scrollRestoration = "manual";
    standAt(places.get(location.href));
    addEventListener(
      "load",
      () => {
        standAt(places.get(location.href));
        history.scrollRestoration = "auto";
      },
      { once: true },
    );
  }
  let shown = location.href;
  const keep = () => location.href === shown && places.set(shown, Math.round(scrollY));
  addEventListener("scroll", keep, { passive: true });
  // A list that was swapped in under a reader who did not scroll since has a place, too.
  document.addEventListener("htmx:beforeRequest", keep);
  document.addEventListener("htmx:pushedIntoHistory", () => (shown = location.href));
  addEventListener("pagehide", () => {
    try {
      sessionStorage.setItem(KEY, JSON.stringify([...places].slice(-MOST)));
    } catch {
      // Storage is blocked: then the browser's own memory has to do.
    }
  });
}
