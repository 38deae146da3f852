// The page on which an organizer asks people for seats: how many offers the ticks make.

// How many of those asked will say yes, and from how many to how many in four of five cases. The server counts exactly;
// this is the normal distribution with the same mean and variance, which differs by one at most.
const expectYes = (chances, rate, variance) => {
  let mean = 0, alone = 0, together = 0;
  for (const chance of chances) {
    const moves = chance <= rate ? chance / rate : (1 - chance) / (1 - rate);
    mean += chance;
    alone += chance * (1 - chance) - variance * moves ** 2;
    together += moves;
  }
  const reach = 1.2816 * Math.sqrt(Math.max(alone + variance * together ** 2, 0));
  const n = Math.floor(mean + .5);
  const low = Math.min(Math.max(Math.round(mean - reach), 0), n);
  return { n, low, high: Math.max(Math.min(Math.round(mean + reach), chances.length), n) };
};

// The sentence and the button say how many offers the ticks make, and how many of those asked will say yes.
const countOffers = (form) => {
  const chances = [...form.querySelectorAll("[name=pick]:checked")].map((box) => Number(box.dataset.chance));
  const say = (name, values) => form.querySelectorAll(`[data-offers-${name}]`).forEach((part) => {
    const words = [part.dataset.none, part.dataset.one][values.n] ?? part.dataset.many;
    part.textContent = words.replace(/{(\w+)}/g, (_, key) => values[key]);
  });
  say("count", { n: chances.length });
  say("yes", expectYes(chances, Number(form.dataset.rate), Number(form.dataset.variance)));
};

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-offers]");
  if (form) countOffers(form);
});
window.addEventListener("pageshow", () => document.querySelectorAll("[data-offers]").forEach(countOffers));
