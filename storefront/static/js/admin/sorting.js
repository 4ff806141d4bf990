// A list whose items are dragged into another order: by the grip, with mouse, pen or finger. Without a script, and by
// keyboard, the buttons of each item move it. The order goes into the form that the list names, and that is sent.
let dragged = null;

function items(list) {
  return [...list.querySelectorAll(":scope > [data-sorts]")];
}

function orderOf(list) {
  return items(list).map((item) => item.dataset.sorts).join(",");
}

document.addEventListener("pointerdown", (event) => {
  const grip = event.button === 0 && event.target.closest?.("[data-grip]");
  const list = grip?.closest("[data-sortable]");
  if (!list) return;
  event.preventDefault();
  dragged = { list, item: grip.closest("[data-sorts]"), before: orderOf(list) };
  dragged.item.classList.add("slot--dragged");
});

document.addEventListener("pointermove", (event) => {
  if (!dragged) return;
  const { list, item } = dragged;
  const below = items(list).find((other) => {
    const { top, height } = other.getBoundingClientRect();
    return other !== item && event.clientY < top + height / 2;
  });
  if (below !== item.nextElementSibling) list.insertBefore(item, below ?? null);
  if (event.clientY < 80) scrollBy(0, -12);
  if (event.clientY > innerHeight - 80) scrollBy(0, 12);
});

function drop(isDone) {
  if (!dragged) return;
  const { list, item, before } = dragged;
  dragged = null;
  item.classList.remove("slot--dragged");
  const form = document.getElementById(list.dataset.sortable);
  if (!isDone || !form || orderOf(list) === before) return;
  form.elements.order.value = orderOf(list);
  form.requestSubmit();
}

addEventListener("pointerup", () => drop(true));
addEventListener("pointercancel", () => drop(false));
