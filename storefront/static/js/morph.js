// The picture of a card grows into the picture of its page, where the browser can (cross-document view transitions).
const NAME = "product-picture";

function pathOf(url) {
  return url ? new URL(url).pathname : "";
}

function pictureFor(path) {
  const card = path && document.querySelector(`.card a[href="${path}"], .card a[href^="${path}?"]`);
  return card?.closest(".card").querySelector(".card__picture") ?? null;
}

async function nameFor(picture, transition) {
  if (!picture) return;
  picture.style.viewTransitionName = NAME;
  await transition.finished.catch(() => {});
  picture.style.viewTransitionName = "";
}

addEventListener("pageswap", (event) => {
  if (!event.viewTransition || !event.activation) return;
  const here = document.querySelector(".gallery__strip");
  nameFor(here ?? pictureFor(pathOf(event.activation.entry.url)), event.viewTransition);
});

addEventListener("pagereveal", (event) => {
  if (!event.viewTransition || !globalThis.navigation?.activation) return;
  const here = document.querySelector(".gallery__strip");
  nameFor(here ?? pictureFor(pathOf(navigation.activation.from?.url)), event.viewTransition);
});
