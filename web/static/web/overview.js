// The map of an overview goes through its days in place. Without this script every bar is a link to its day.

// On a phone the bars begin with the days behind; the chosen one comes into sight.
const bringIntoSight = (bar) => {
  const list = bar?.closest("ol");
  if (list) list.scrollLeft += bar.getBoundingClientRect().right - list.getBoundingClientRect().right + bar.clientWidth;
};

const source = document.getElementById("map-days");
const slider = document.querySelector("[data-slider]");

const STEP = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1600 : 900;
// So long nobody moves on before the figures beside the map follow it.
const REST = 500;

const start = (data) => {
  const bars = [...slider.querySelectorAll("a[data-day]")];
  const tiles = [...document.querySelectorAll(".tile-map .tile")];
  const shownDay = document.querySelector("[data-map-day]");
  const behind = document.querySelector("[data-map-behind]");
  const button = slider.querySelector("[data-play]");
  let at = bars.findIndex((bar) => bar.getAttribute("aria-current"));
  let playing = 0;
  let waiting = 0;
  let wanted = "";

  const paintTile = (tile, index, day) => {
    const [short, state] = day.tiles[index];
    const key = data.states[state];
    data.states.forEach((one) => tile.classList.toggle(`tile--${one}`, one === key));
    tile.querySelector(".count").textContent = short || "";
    const name = tile.querySelector(".name");
    name?.classList.toggle("alone", !short);
    name?.setAttribute("y", short ? 17 : 26);
    const words = data.words[key].replace("{n}", short);
    tile.querySelector("title").textContent = data.said.replace("{place}", data.names[index]).replace("{state}", words);
    tile.setAttribute("href", `${tile.getAttribute("href").split("?")[0]}?day=${day.day}`);
  };

  const paintKey = (day) => data.states.forEach((key, state) => {
    const swatch = document.querySelector(`.map-key .swatch--${key}`);
    swatch.parentElement.querySelector("b").textContent = day.tiles.filter((tile) => tile[1] === state).length;
  });

  const show = (index) => {
    at = index;
    const day = data.days[index];
    bars.forEach((bar, number) => {
      if (number === index) bar.setAttribute("aria-current", "true");
      else bar.removeAttribute("aria-current");
    });
    bringIntoSight(bars[index]);
    tiles.forEach((tile, number) => paintTile(tile, number, day));
    paintKey(day);
    shownDay.textContent = day.words;
    behind.href = bars[index].href;
    behind.parentElement.hidden = false;
  };

  // Figures, table and list of the day, from the page that the bar leads to.
  const follow = async () => {
    const url = bars[at].href;
    wanted = url;
    const answer = await fetch(url).catch(() => null);
    if (wanted !== url || playing) return;
    // Signed out meanwhile, or no answer: the page itself says what is the matter.
    if (!answer?.ok || answer.redirected) {
      location.assign(url);
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-of-day]")) {
      const fresh = page.querySelector(`[data-of-day="${part.dataset.ofDay}"]`);
      if (fresh && !part.contains(document.activeElement)) part.replaceWith(fresh);
    }
    const list = document.querySelector(".map-list table");
    list.replaceWith(page.querySelector(".map-list table"));
    const map = document.querySelector(".tile-map");
    map.setAttribute("aria-label", page.querySelector(".tile-map").getAttribute("aria-label"));
    document.title = page.title;
    history.replaceState(null, "", url);
    behind.parentElement.hidden = true;
  };

  const rest = () => {
    clearTimeout(waiting);
    waiting = setTimeout(follow, REST);
  };

  const pause = () => {
    clearInterval(playing);
    playing = 0;
    button.textContent = button.dataset.play;
    rest();
  };

  const step = () => {
    if (at + 1 < bars.length) show(at + 1);
    if (at + 1 === bars.length) pause();
  };

  const play = () => {
    clearTimeout(waiting);
    button.textContent = button.dataset.pause;
    playing = setInterval(step, STEP);
    show(at < 0 || at + 1 === bars.length ? 0 : at + 1);
  };

  const choose = (index) => {
    if (playing) pause();
    show(index);
    rest();
  };

  const barOf = (event) => bars.indexOf(event.target.closest("a[data-day]"));

  button.addEventListener("click", () => (playing ? pause() : play()));
  slider.addEventListener("click", (event) => {
    const index = barOf(event);
    if (index < 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    choose(index);
  });
  // The handle follows a mouse that is held down.
  slider.addEventListener("pointerover", (event) => {
    const index = barOf(event);
    if (index >= 0 && event.buttons === 1 && event.pointerType === "mouse") choose(index);
  });
  slider.addEventListener("keydown", (event) => {
    const index = barOf(event);
    const last = bars.length - 1;
    const next = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: last }[event.key];
    if (index < 0 || next === undefined) return;
    event.preventDefault();
    const target = Math.min(Math.max(next, 0), last);
    bars[target].focus();
    choose(target);
  });
  button.hidden = false;
};

bringIntoSight([...document.querySelectorAll(".day-bars [aria-current]")].at(-1));
if (source && slider) start(JSON.parse(source.textContent));
