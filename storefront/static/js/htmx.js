// htmx reads its settings from <meta name="htmx-config"> in the layout; here is only what a setting cannot say.
import htmx from "htmx.org/dist/htmx.esm.js";

// Empty answers of a filter form stay out of the address.
document.addEventListener("htmx:configRequest", (event) => {
  const { verb, parameters, elt } = event.detail;
  if (verb !== "get" || elt.tagName !== "FORM") return;
  for (const [name, value] of [...parameters.entries()]) {
    if (value === "") delete parameters[name];
  }
});

// A refusal says where its words belong; an answer that is not ours (a proxy's error page) is not put into the page.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (xhr.status >= 400 && giveUp(requestConfig.elt)) return;
  if (xhr.status >= 400 && xhr.getResponseHeader("HX-Retarget")) event.detail.shouldSwap = true;
  else if (xhr.status >= 500) sayUnreachable();
});

document.addEventListener("htmx:sendError", (event) => giveUp(event.detail.elt) || sayUnreachable());

// A shelf that cannot come goes away quietly: nobody asked for it.
function giveUp(element) {
  if (!element.matches(".shelf--waiting")) return false;
  element.remove();
  return true;
}

function sayUnreachable() {
  const notice = document.querySelector("#unreachable")?.content.cloneNode(true);
  if (notice) document.querySelector("#flash")?.replaceChildren(notice);
}

// Who pressed a button that the answer has replaced goes on in what came in its place, at its last button: the + of a
// card becomes - and +.
let left = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.contains(document.activeElement)) left = document.activeElement;
});

// What the server wants seen first takes the focus, once: the list of errors after a refused form.
function takeFocus() {
  const wanted = [...document.querySelectorAll("[data-takes-focus]")];
  for (const each of wanted) each.removeAttribute("data-takes-focus");
  wanted[0]?.focus();
  return wanted.length > 0;
}

document.addEventListener("htmx:afterSettle", (event) => {
  const { elt } = event.detail;
  if (takeFocus()) return;
  if (left && !left.isConnected && document.activeElement === document.body && elt.matches("form")) {
    [...elt.querySelectorAll("button:enabled")].pop()?.focus({ preventScroll: true });
  }
});
takeFocus();

export default htmx;
