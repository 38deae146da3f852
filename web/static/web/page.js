// What a page does for its reader beyond plain HTML: bring errors into focus, send a form once.

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

bringErrorsIntoFocus(document);
document.addEventListener("submit", sendOnce);
document.addEventListener("htmx:after:swap", () => bringErrorsIntoFocus(document));
window.addEventListener("pageshow", forgetSent);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
