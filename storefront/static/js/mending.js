// What was wrong with a field is said until somebody changes it; the server judges again when the form is sent.
const SAID = "-error";

function named(element) {
  return (element.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);
}

function accept(element) {
  const kept = named(element).filter((id) => !id.endsWith(SAID));
  element.removeAttribute("aria-invalid");
  if (kept.length) element.setAttribute("aria-describedby", kept.join(" "));
  else element.removeAttribute("aria-describedby");
}

// Two fields may share their words: these stay for the other one.
function unsay(id) {
  if (!document.querySelector(`[aria-describedby~="${id}"]`)) document.getElementById(id)?.remove();
}

// The list at the top, which goes with its last entry.
function strike(field) {
  const link = document.querySelector(`.notice--error a[href="#${field}"]`);
  const notice = link?.closest(".notice");
  link?.closest("li").remove();
  if (notice && !notice.querySelector("li")) notice.remove();
}

document.addEventListener("input", (event) => {
  const wrong = event.target.closest(`[aria-invalid="true"], fieldset[aria-describedby$="${SAID}"]`);
  if (!wrong) return;
  const said = named(wrong).filter((id) => id.endsWith(SAID));
  accept(wrong);
  for (const id of said) {
    unsay(id);
    strike(id.slice(0, -SAID.length));
  }
});
