// The map of released figures goes through its days in place. Without this script two links lead to the days beside.

const box = document.querySelector("[data-days]");
const { states, words, said, days } = JSON.parse(document.getElementById("map-days").textContent);
const slider = box.querySelector("input");
const button = box.querySelector("button");
const bars = [...box.querySelectorAll(".day-line rect")];
const map = document.querySelector(".tile-map");
const tiles = [...map.querySelectorAll(".tile")];
const list = document.querySelector(".map-list tbody");
const rows = new Map([...list.rows].map((row) => [row.querySelector("a").getAttribute("href"), row]));
const ofTile = tiles.map((tile) => rows.get(tile.getAttribute("href")));
const says = document.querySelector("[data-day-says]");
const ahead = document.querySelector("[data-day-ahead]");
const first = Number(slider.value);
const STEP = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1600 : 900;
let playing = 0;

const toDay = (href, day) => href.replace(/day=[\d-]+/, `day=${day}`);

const paint = (tile, index, { day, short, state }) => {
  const count = short[index];
  const key = states[state[index]];
  states.forEach((one) => tile.classList.toggle(`tile--${one}`, one === key));
  tile.querySelector(".count").textContent = count || "";
  const name = tile.querySelector(".name");
  name?.classList.toggle("alone", !count);
  name?.setAttribute("y", count ? 17 : 26);
  const row = ofTile[index];
  const told = words[key].replace("{n}", count);
  const place = row.querySelector("a");
  tile.querySelector("title").textContent = said.replace("{place}", place.textContent).replace("{state}", told);
  row.cells[1].textContent = told;
  for (const link of [tile, place]) link.setAttribute("href", toDay(link.getAttribute("href"), day));
};

const show = (index) => {
  const day = days[index];
  slider.value = index;
  says.querySelector("b").textContent = day.words;
  says.querySelector("span").textContent = day.said;
  slider.setAttribute("aria-valuetext", says.textContent);
  bars.forEach((bar, number) => bar.classList.toggle("now", number === index));
  tiles.forEach((tile, number) => paint(tile, number, day));
  const order = [...ofTile.keys()].sort((one, other) => day.short[other] - day.short[one]);
  list.append(...order.map((number) => ofTile[number]));
  states.forEach((key, state) => {
    const count = document.querySelector(`.map-key .swatch--${key}`)?.parentElement.querySelector("b");
    if (count) count.textContent = [...day.state].filter((one) => Number(one) === state).length;
  });
  ahead.hidden = index === first;
  ahead.firstElementChild.href = toDay(ahead.firstElementChild.getAttribute("href"), day.day);
};

const pause = () => {
  clearInterval(playing);
  playing = 0;
  button.textContent = button.dataset.play;
};

const step = () => {
  const next = Number(slider.value) + 1;
  if (next < days.length) show(next);
  if (next >= days.length - 1) pause();
};

const play = () => {
  button.textContent = button.dataset.pause;
  playing = setInterval(step, STEP);
  if (Number(slider.value) === days.length - 1) show(0);
  else step();
};

slider.addEventListener("input", () => {
  pause();
  show(Number(slider.value));
});
button.addEventListener("click", () => (playing ? pause() : play()));
slider.hidden = button.hidden = false;
document.querySelector("[data-day-links]").hidden = true;
