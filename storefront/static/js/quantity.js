// A quantity field with - and + around it, before anything is in the cart (the product page).
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const input = button.parentElement.querySelector("input");
  const step = Number(button.dataset.step);
  const lowest = Number(input.min || 1);
  const highest = Number(input.max || 999);
  input.value = Math.min(highest, Math.max(lowest, (Number.parseInt(input.value, 10) || 0) + step));
  input.dispatchEvent(new Event("change", { bubbles: true }));
});
