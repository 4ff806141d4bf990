// Pictures of a product: the thumbnails follow the swipe, a click on the picture shows it whole.
const watched = new WeakSet();

function watch(gallery) {
  if (watched.has(gallery)) return;
  watched.add(gallery);
  const thumbs = [...gallery.querySelectorAll(".gallery__thumbs a")];
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const thumb of thumbs) {
          if (thumb.hash === `#${entry.target.id}`) thumb.setAttribute("aria-current", "true");
          else thumb.removeAttribute("aria-current");
        }
      }
    },
    { root: gallery.querySelector(".gallery__strip"), threshold: 0.6 },
  );
  for (const slide of gallery.querySelectorAll(".gallery__strip li")) observer.observe(slide);
}

function watchAll() {
  for (const gallery of document.querySelectorAll(".gallery")) watch(gallery);
}

function enlarge(link) {
  const dialog = document.querySelector("#lightbox");
  if (!dialog) return false;
  const image = dialog.querySelector("img");
  image.src = link.href;
  image.alt = link.querySelector("img")?.alt ?? "";
  dialog.showModal();
  return true;
}

document.addEventListener("click", (event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  const thumb = event.target.closest(".gallery__thumbs a");
  if (thumb) {
    event.preventDefault();
    const slide = document.getElementById(thumb.hash.slice(1));
    const strip = slide.parentElement;
    strip.scrollTo({ left: slide.offsetLeft - strip.offsetLeft, behavior: "smooth" });
    return;
  }
  const picture = event.target.closest(".gallery__strip a");
  if (picture && enlarge(picture)) event.preventDefault();
});

document.addEventListener("htmx:afterSettle", watchAll);
watchAll();
