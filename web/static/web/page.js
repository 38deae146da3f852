// What a page does for its reader beyond plain HTML: bring errors into focus, send a form once, say where one is.

const bringErrorsIntoFocus = (root) => root.querySelector("[data-focus]")?.focus();

// A second tap on a slow line sends nothing.
const sendOnce = (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
};

// A page from the browser's memory may be sent again.
const forgetSent = () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);

// Where somebody is, asked of the browser only when they press the button, and sent to about a hundred metres.
const locate = (event) => {
  const form = event.target;
  if (!form.matches("[data-locate]") || form.longitude.value) return;
  event.preventDefault();
  delete form.dataset.sent;
  const says = form.querySelector("[data-locate-says]");
  says.textContent = says.dataset.waiting;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      form.longitude.value = coords.longitude.toFixed(3);
      form.latitude.value = coords.latitude.toFixed(3);
      form.requestSubmit();
    },
    (error) => {
      says.textContent = error.code === error.PERMISSION_DENIED ? says.dataset.refused : says.dataset.failed;
    },
    { timeout: 20000, maximumAge: 300000 },
  );
};

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

bringErrorsIntoFocus(document);
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-offers]");
  if (form) countOffers(form);
});
document.addEventListener("submit", locate);
document.addEventListener("submit", sendOnce);
document.addEventListener("htmx:after:swap", () => bringErrorsIntoFocus(document));
window.addEventListener("pageshow", () => {
  forgetSent();
  document.querySelectorAll("[data-offers]").forEach(countOffers);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

if (navigator.geolocation && window.isSecureContext) {
  document.querySelectorAll("[data-locate]").forEach((form) => form.removeAttribute("hidden"));
}
