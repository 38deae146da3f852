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

// What asks again by itself, and so waits while nobody looks at the tab.
const isPoll = (event) => event.detail.ctx.sourceElement?.matches("[hx-trigger^=every]");

const pollOnlyInSight = (event) => {
  if (document.hidden && isPoll(event)) event.preventDefault();
};

// What it brings stays out of the way of somebody at work there, and an error or another page takes no part's place.
const swapGently = (event) => {
  const { response, target } = event.detail.ctx;
  if (isPoll(event) && (response.status > 299 || response.raw.redirected || target.querySelector(":focus-visible"))) {
    event.preventDefault();
  }
};

// A date's control speaks the browser's language: below it stands the chosen day in the page's.
const sayDay = (control) => {
  const says = document.getElementById(`${control.id}_day`);
  if (!says) return;
  const { lang } = document.documentElement;
  const [day, time = ""] = control.value.split("T");
  const words = () => new Date(day).toLocaleDateString(lang === "en" ? "en-GB" : lang, { dateStyle: "full", timeZone: "UTC" });
  says.hidden = !day;
  says.textContent = day && `${words()} ${time}`.replace(",", "").replace("星", " 星").trim();
};
const sayDays = () => document.querySelectorAll("[aria-describedby$=_day]").forEach(sayDay);

bringErrorsIntoFocus(document);
document.addEventListener("submit", locate);
document.addEventListener("submit", sendOnce);
document.addEventListener("htmx:before:request", pollOnlyInSight);
document.addEventListener("htmx:before:swap", swapGently);
document.addEventListener("htmx:after:swap", (event) => {
  if (!isPoll(event)) bringErrorsIntoFocus(document);
});
window.addEventListener("pageshow", forgetSent);
window.addEventListener("pageshow", sayDays);
document.addEventListener("change", ({ target }) => sayDay(target));
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  // A link to copy is marked as a whole.
  event.target.closest("input[readonly]")?.select();
  const { share: url, title } = event.target.closest("[data-share]")?.dataset ?? {};
  if (url) navigator.share({ title, url }).catch(() => {});
});
if (navigator.share) document.querySelectorAll("[data-share]").forEach((button) => button.removeAttribute("hidden"));

if (navigator.geolocation && window.isSecureContext) {
  document.querySelectorAll("[data-locate]").forEach((form) => form.removeAttribute("hidden"));
}

// What this device keeps for being offline is one reader's: the worker forgets it when another one reads, or nobody.
const { worker, reader = "" } = document.documentElement.dataset;
if (worker) navigator.serviceWorker?.register(worker);
(worker ? navigator.serviceWorker?.ready : navigator.serviceWorker?.getRegistration())?.then((found) => found?.active?.postMessage(reader));

// Long forms keep what is typed, and forget it on the page that follows.
if (document.querySelector("form[data-keep]") || sessionStorage.length) import(document.querySelector("[data-keeper]").dataset.keeper);
