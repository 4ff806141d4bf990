// What was searched on this device, the latest first: kept in local storage and nowhere else, and not at all where that
// is blocked. Only searches that found something are worth repeating.
const KEY = "recent-searches";
const MOST = 8;

export function recentSearches() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((text) => typeof text === "string" && text).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function keep(searches) {
  try {
    if (searches.length) localStorage.setItem(KEY, JSON.stringify(searches.slice(0, MOST)));
    else localStorage.removeItem(KEY);
  } catch {
    // Storage is blocked or full: then nothing is remembered.
  }
}

export function forgetSearch(text) {
  keep(recentSearches().filter((other) => other !== text));
}

export function forgetSearches() {
  keep([]);
}

export function searchUrl(text) {
  return `/search?${new URLSearchParams({ q: text })}`;
}

function offer() {
  const place = document.querySelector("[data-recent-searches]");
  const searches = recentSearches();
  if (!place || !searches.length) return;
  place.querySelector(".pills").replaceChildren(
    ...searches.map((text) => {
      const link = document.createElement("a");
      [link.className, link.href, link.textContent] = ["pill", searchUrl(text), text];
      return link;
    }),
  );
  place.hidden = false;
}

const searched = document.querySelector("[data-searched]")?.dataset.searched;
if (searched) keep([searched, ...recentSearches().filter((text) => text !== searched)]);
offer();
document.addEventListener("htmx:afterSettle", offer);
