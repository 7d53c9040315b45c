// The group's clock on this page, and times in people's zones.

import { h } from "./dom.js";
import { on, store, viewerZone } from "./store.js";

let base = Date.now();
let mark = performance.now();
let ticking = false;

on("clock", (told) => {
  base = Date.parse(told.now);
  mark = performance.now();
  ticking = told.ticking;
  refresh();
});

export const now = () => base + (ticking ? performance.now() - mark : 0);

const formats = new Map();
function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  return formats.get(key);
}

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { day: "2-digit", month: "2-digit", year: "numeric" },
  D: { day: "numeric", month: "long", year: "numeric" },
  f: { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" },
  F: { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" },
  s: { day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit" },
  S: { day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" },
};
export const WALL = { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" };
export const SHORT = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };

export const inZone = (milliseconds, zone, options) => format(zone, options).format(milliseconds);
export const dayKey = (milliseconds, zone = viewerZone()) =>
  format(zone, { year: "numeric", month: "2-digit", day: "2-digit" }).format(milliseconds);
export const zoneName = (milliseconds, zone) =>
  format(zone, { timeZoneName: "short" }).formatToParts(milliseconds).find((part) => part.type === "timeZoneName").value;
export const city = (zone) => zone.split("/").at(-1).replaceAll("_", " ");

const UNITS = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const spoken = new Intl.RelativeTimeFormat("en", { numeric: "always" });

export function relative(milliseconds) {
  const seconds = (milliseconds - now()) / 1000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? UNITS.at(-1);
  return spoken.format(Math.round(seconds / size), unit);
}

// A `<t:…:F>` as the viewer reads it; relative ones keep up with the group's clock.
export function timestamp(seconds, style = "f") {
  const milliseconds = Number(seconds) * 1000;
  const full = () => `${inZone(milliseconds, viewerZone(), STYLES.F)} (${city(viewerZone())})`;
  const text = style === "R" ? relative(milliseconds) : inZone(milliseconds, viewerZone(), STYLES[style] ?? STYLES.f);
  const element = h("time", { class: "stamp", title: full(), datetime: new Date(milliseconds).toISOString() }, text);
  if (style === "R") element.dataset.relative = String(milliseconds);
  return element;
}

// When a message was written: as short as it can be said.
export function written(iso) {
  const milliseconds = Date.parse(iso);
  const zone = viewerZone();
  const time = inZone(milliseconds, zone, { timeStyle: "short" });
  const title = `${inZone(milliseconds, zone, STYLES.F)} (${city(zone)})`;
  const days = { [dayKey(now())]: "Today", [dayKey(now() - 86400000)]: "Yesterday" };
  const day = days[dayKey(milliseconds)] ?? inZone(milliseconds, zone, { weekday: "short", day: "numeric", month: "short" });
  return h("time", { datetime: iso, title }, `${day}, ${time}`);
}

export const longDay = (iso) =>
  inZone(Date.parse(iso), viewerZone(), { weekday: "long", day: "numeric", month: "long", year: "numeric" });
export const timeOnly = (iso) => inZone(Date.parse(iso), viewerZone(), { timeStyle: "short" });

const followers = new Set();
export function everySecond(draw) {
  followers.add(draw);
  draw();
}

function refresh() {
  for (const element of document.querySelectorAll("time[data-relative]")) {
    const text = relative(Number(element.dataset.relative));
    if (element.textContent !== text) element.textContent = text;
  }
  for (const draw of followers) draw();
}
setInterval(refresh, 1000);

export const groupTime = (milliseconds, options = WALL) => inZone(milliseconds, store.zone, options);
