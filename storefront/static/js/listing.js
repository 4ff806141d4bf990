// One more page of cards: the focus goes to the first of them, so that a reader of the keyboard goes on from there.
document.addEventListener("htmx:afterSettle", (event) => {
  const page = event.detail.elt;
  if (page.matches?.("[data-continues]")) page.querySelector("a")?.focus({ preventScroll: true });
});
