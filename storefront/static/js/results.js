// What becomes of a search is told to the shop: which result was opened, which suggestion was chosen. Beacons outlive
// the page and nobody waits for them. What is asked from within a list says which search the list shows.
function tell(path, facts) {
  navigator.sendBeacon?.(path, JSON.stringify(facts));
}

function tellResult(link) {
  const card = link.closest("[data-product]");
  const list = card?.closest("[data-search]");
  if (list) tell("/search/clicks", { search: list.dataset.search, product: Number(card.dataset.product) });
}

function kindOf(link) {
  if (link.dataset.kind) return link.dataset.kind;
  if (link.pathname.startsWith("/products/")) return "product";
  if (link.pathname.startsWith("/categories/")) return "category";
  return new URLSearchParams(link.search).has("brand") ? "brand" : "term";
}

function tellChoice(link) {
  const links = [...link.closest(".suggestions").querySelectorAll("a")];
  const typed = document.querySelector("[data-search-field]")?.value ?? "";
  tell("/search/choices", { kind: kindOf(link), position: links.indexOf(link) + 1, typed });
}

function follow(event) {
  const link = event.button <= 1 && event.target.closest?.("a[href]");
  if (!link) return;
  if (link.closest(".suggestions")) tellChoice(link);
  else tellResult(link);
}

document.addEventListener("click", follow);
document.addEventListener("auxclick", follow);

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const list = detail.elt.closest("[data-search]");
  if (list) detail.headers["Search-Id"] = list.dataset.search;
});
