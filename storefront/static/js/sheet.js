// On phones the facets move into a dialog. An answer that swaps the listing keeps the dialog open and where it was.
const WIDE = matchMedia("(width >= 64rem)");
let reopenAt = null;

function open(link, still = false) {
  const dialog = document.querySelector("#facets-sheet");
  const facets = document.querySelector("#facets");
  if (!dialog || !facets || dialog.open) return;
  dialog.querySelector(".sheet__body").append(facets);
  dialog.classList.toggle("sheet--still", still);
  dialog.addEventListener("close", () => link?.focus(), { once: true });
  dialog.showModal();
}

function putBack(dialog) {
  const facets = dialog.querySelector("#facets");
  if (facets) dialog.after(facets);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-opens-facets]");
  if (link && !WIDE.matches) {
    event.preventDefault();
    open(link);
    return;
  }
  const closer = event.target.closest("[data-closes-dialog]");
  const dialog = event.target.closest("dialog");
  if (dialog && (closer || event.target === dialog)) dialog.close();
});

document.addEventListener("close", (event) => event.target.id === "facets-sheet" && putBack(event.target), true);
WIDE.addEventListener("change", () => document.querySelector("#facets-sheet[open]")?.close());

// The button "Show 128" closes the sheet: its results are already there.
document.addEventListener("submit", (event) => {
  const dialog = event.target.closest("#facets-sheet");
  if (!dialog) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  dialog.close();
  document.querySelector("#listing")?.scrollIntoView({ block: "start" });
}, true);

document.addEventListener("htmx:beforeSwap", () => {
  const dialog = document.querySelector("#facets-sheet[open]");
  reopenAt = dialog ? dialog.querySelector(".facets__choices").scrollTop : null;
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (reopenAt === null || document.querySelector("#facets-sheet[open]")) return;
  if (event.detail.target.id !== "listing") return;
  open(document.querySelector("[data-opens-facets]"), true);
  document.querySelector("#facets-sheet .facets__choices").scrollTop = reopenAt;
  reopenAt = null;
});
