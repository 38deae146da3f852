// Keeps the page for being offline, and of a volunteer their own day: the pages whose answer says for whom. SITE comes
// from the server. What is kept belongs to one reader; another one, or nobody, and it is gone.

const SHELL = `shell-${SITE.version}`;
const KEPT = "kept-";
const MOST_PAGES = 8;
const OLDEST_MS = 48 * 3600 * 1000;
let changed = false;

const language = (path) => (path.startsWith("/en/") ? "en" : "zh-hans");
const today = (path) => `/${language(path)}/me/`;

self.addEventListener("install", (event) => {
  const asked = [
    ...SITE.files,
    ...Object.values(SITE.pages).map((url) => new Request(url, { cache: "reload" })),
  ];
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(asked)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    await forget((name) => name.startsWith("shell-") && name !== SHELL);
    await self.registration.navigationPreload?.enable();
    await self.clients.claim();
  })());
});

// A page says who reads it. The first page after signing in was there before this worker: it asks for the day itself.
self.addEventListener("message", (event) => {
  const reader = String(event.data);
  event.waitUntil((async () => {
    await forgetOthers(reader);
    if (!reader) return;
    const path = today(new URL(event.source.url).pathname);
    if (changed || !(await caches.match(path, { cacheName: KEPT + reader }))) {
      changed = false;
      await keep(path, await fetch(path));
    }
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method !== "GET") {
    // A seat may have been taken or given back: the kept day is no longer true.
    changed = true;
  } else if (request.mode === "navigate") {
    event.respondWith(page(event, url.pathname));
  } else if (SITE.files.includes(url.pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(url.pathname)));
  }
});

const page = async (event, path) => {
  try {
    const response = (await event.preloadResponse) || (await fetch(event.request));
    event.waitUntil(keep(path, response.clone()));
    return response;
  } catch {
    // The way in leads to the day.
    return (await shown(/^\/[a-z-]+\/home\/$/.test(path) ? today(path) : path)) || caches.match(SITE.pages[language(path)]);
  }
};

const keep = async (path, response) => {
  const reader = response.headers.get("Keep-For");
  if (!reader || response.status !== 200) return;
  await forgetOthers(reader);
  const cache = await caches.open(KEPT + reader);
  const headers = new Headers(response.headers);
  headers.set("Kept-At", String(Date.now()));
  // The text is unpacked already.
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  await cache.put(path, new Response(await response.text(), { headers }));
  const old = (await cache.keys()).map((each) => new URL(each.url).pathname).filter((each) => each !== path && each !== today(each));
  await Promise.all(old.slice(0, -MOST_PAGES).map((each) => cache.delete(each)));
};

// The kept page with a strip that says from when it is; nothing where it is older than two days.
const shown = async (path) => {
  const response = await caches.match(path);
  const at = new Date(Number(response?.headers.get("Kept-At")));
  if (!response || Date.now() - at > OLDEST_MS) return null;
  const isToday = at.toDateString() === new Date().toDateString();
  const day = isToday ? {} : { month: "short", day: "numeric" };
  const time = at.toLocaleString(language(path) === "en" ? "en-GB" : "zh-CN", { ...day, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const html = (await response.text()).replace(/data-offline hidden>([^]*?)TIME/, (_, before) => `role="status">${before}${time}`);
  return new Response(html, { headers: response.headers });
};

const forgetOthers = (reader) => forget((name) => name.startsWith(KEPT) && name !== KEPT + reader);

const forget = async (which) => {
  const names = await caches.keys();
  await Promise.all(names.filter(which).map((name) => caches.delete(name)));
};
