// The count on the phone's bottom bar follows the badge in the header, which alone asks the server.
function follow() {
  const badge = document.querySelector("#cart-badge");
  const count = badge?.dataset.count ?? "0";
  for (const place of document.querySelectorAll("[data-cart-count]")) {
    place.textContent = count;
    place.hidden = count === "0";
  }
}

document.addEventListener("htmx:afterSettle", follow);
follow();
