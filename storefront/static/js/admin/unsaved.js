// A form marked data-guarded asks before what was typed into it is lost. One that the server draws with what was typed
// says so itself (data-guarded="typed"): it asks also where the answer to a question of it has replaced it.
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guarded]");
  if (form) form.dataset.guarded = "typed";
});

document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-guarded]")) event.target.dataset.guarded = "";
});

addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-guarded='typed']")) event.preventDefault();
});
