// Counts down by the shop's clock, which each page tells in its Server-Timing header: a reader's own clock may be wrong.
// The words beside the digits say when it ends, so nothing is announced. At zero the page asks the shop what is on now.
import htmx from "./htmx.js";

const GRACE = 2200; // pages that the shop keeps are renewed within two seconds
const due = new WeakSet();
const offset = shopClock();
let ticking = 0;

function shopClock() {
  const [page] = performance.getEntriesByType("navigation");
  const told = page?.serverTiming?.find((entry) => entry.name === "clock")?.duration;
  // What comes out of the browser's own cache tells the time of long ago.
  if (!told || page.transferSize === 0) return 0;
  return told - (performance.timeOrigin + page.responseStart);
}

function show(countdown, seconds) {
  const digits = countdown.querySelectorAll("b");
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  parts.forEach((part, place) => {
    const text = String(part).padStart(2, "0");
    if (digits[place].textContent !== text) digits[place].textContent = text;
  });
}

function tick() {
  const countdowns = document.querySelectorAll("[data-countdown]");
  for (const countdown of countdowns) {
    const left = Date.parse(countdown.dataset.countdown) - (Date.now() + offset);
    show(countdown, Math.max(0, Math.ceil(left / 1000)));
    if (left > 0 || due.has(countdown)) continue;
    due.add(countdown);
    // Not everybody at the same moment.
    setTimeout(() => countdown.isConnected && htmx.trigger(countdown, "countdown-over"), GRACE + Math.random() * 2000);
  }
  clearTimeout(ticking);
  if (countdowns.length) ticking = setTimeout(tick, 1000 - ((Date.now() + offset) % 1000));
}

document.addEventListener("htmx:afterSettle", tick);
document.addEventListener("visibilitychange", tick);
tick();
