// Keeps what is typed into a long form, a `form[data-keep="name"]`, in this tab: a reload or a session that has run out loses
// nothing. Never passwords, codes or files; forgotten once it has arrived, and when the reader signs out.

const HEAD = "keep:";
const { lang, dataset } = document.documentElement;
const reader = dataset.reader ?? "";
const WORDS = lang === "en"
  ? { kept: (time) => `Kept what you typed at ${time}. `, discard: "Discard" }
  : { kept: (time) => `${time} 填的内容还在。`, discard: "清空重填" };

const isKept = (field) => field.name && !field.disabled && !["password", "file", "hidden", "submit", "button"].includes(field.type)
  && field.autocomplete !== "one-time-code";

const read = (form) => [...form.elements].filter(isKept).map((field) =>
  ["checkbox", "radio"].includes(field.type) ? [field.name, field.value, field.checked] : [field.name, field.value]);

// The nth field of a name gets the nth value of that name, as forms in rows have it. Returns whether anything differed.
const write = (form, values) => {
  let differs = false;
  for (const field of [...form.elements].filter(isKept)) {
    const ticks = ["checkbox", "radio"].includes(field.type);
    const at = values.findIndex(([name, value, ticked]) => name === field.name && (ticks ? value === field.value && ticked !== undefined : true));
    if (at < 0) continue;
    const [[, value, ticked]] = values.splice(at, 1);
    if (ticks ? field.checked === ticked : field.value === value) continue;
    if (ticks) field.checked = ticked;
    else field.value = value;
    differs = true;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  return differs;
};

const say = (form, key, at) => {
  const line = document.createElement("p");
  line.className = "callout";
  line.setAttribute("role", "status");
  const time = new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--link";
  button.textContent = WORDS.discard;
  button.addEventListener("click", () => {
    sessionStorage.removeItem(key);
    form.reset();
    line.remove();
    form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  });
  line.append(WORDS.kept(time), button);
  form.prepend(line);
};

const forms = new Map([...document.querySelectorAll("form[data-keep]")].map((form) => [`${HEAD}${form.dataset.keep}`, form]));

// Another page of the same reader after the form was sent: it has arrived. Neither a page about an error nor sign-in is that.
for (const key of Object.keys(sessionStorage).filter((each) => each.startsWith(HEAD))) {
  const kept = JSON.parse(sessionStorage[key]);
  if (kept.reader !== reader ? reader : kept.sent && !forms.has(key) && !("wrong" in dataset)) sessionStorage.removeItem(key);
}

for (const [key, form] of forms) {
  const kept = JSON.parse(sessionStorage[key] ?? "null");
  if (kept?.reader === reader && write(form, kept.values)) say(form, key, kept.at);
  const save = (sent = false) => {
    sessionStorage[key] = JSON.stringify({ reader, sent, at: Date.now(), values: read(form) });
  };
  form.addEventListener("input", () => save());
  form.addEventListener("submit", () => save(true));
}

// On the page for signing out.
document.querySelector("form[data-forget]")?.addEventListener("submit", () => sessionStorage.clear());
