// The category tree, dragged by its grips with mouse, pen or finger: over the upper part of a row means before it, over
// the middle into it, over the lower part after it. Without a script, and by keyboard, the arrows of each row move it.
let dragged = null;

const branchOf = (row) => row.closest("[data-branch]");

function partOf(row, y) {
  const { top, height } = row.getBoundingClientRect();
  const part = (y - top) / height;
  return part < 0.3 ? "before" : part > 0.7 ? "after" : "into";
}

function aim(event) {
  dragged.row?.removeAttribute("data-drop");
  dragged.row = null;
  const row = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-branch-row]");
  if (!row || dragged.branch.contains(row) || !dragged.tree.contains(row)) return;
  dragged.row = row;
  row.dataset.drop = partOf(row, event.clientY);
}

function placeAt(row) {
  const target = branchOf(row);
  const parent = target.parentElement.closest("[data-branch]")?.dataset.branch ?? "";
  if (row.dataset.drop === "into") return { parent: target.dataset.branch, before: "" };
  if (row.dataset.drop === "before") return { parent, before: target.dataset.branch };
  let next = target.nextElementSibling;
  if (next === dragged.branch) next = next.nextElementSibling;
  return { parent, before: next?.dataset.branch ?? "" };
}

function drop(isDone) {
  if (!dragged) return;
  const { branch, row, tree } = dragged;
  const form = document.getElementById("tree-move");
  branch.classList.remove("tree__branch--dragged");
  if (isDone && row && form) {
    const { parent, before } = placeAt(row);
    form.elements.parent.value = parent;
    form.elements.before.value = before;
    form.elements.open.value = Array.from(tree.elements.open, (each) => each.value).join(",");
    form.action = form.dataset.to.replace("/0/", `/${branch.dataset.branch}/`);
    form.requestSubmit();
  }
  row?.removeAttribute("data-drop");
  dragged = null;
}

document.addEventListener("pointerdown", (event) => {
  const grip = event.button === 0 && event.target.closest?.("[data-tree-grip]");
  if (!grip) return;
  event.preventDefault();
  const branch = branchOf(grip);
  dragged = { branch, tree: grip.closest("[data-tree]"), row: null };
  branch.classList.add("tree__branch--dragged");
});

document.addEventListener("pointermove", (event) => {
  if (!dragged) return;
  aim(event);
  if (event.clientY < 80) scrollBy(0, -12);
  if (event.clientY > innerHeight - 80) scrollBy(0, 12);
});

document.addEventListener("keydown", (event) => event.key === "Escape" && drop(false));
addEventListener("pointerup", () => drop(true));
addEventListener("pointercancel", () => drop(false));
