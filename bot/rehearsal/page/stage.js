// The stage: the group's clock, what is armed, and trouble.

import { fill, h, icon, toast } from "./dom.js";
import { city, everySecond, groupTime, inZone, now, relative, SHORT, WALL, zoneName } from "./clock.js";
import { call, emit, on, store, viewerZone } from "./store.js";
import { popup } from "./popup.js";

const bar = document.getElementById("timebar");
const HOUR = 3600;
let busy = false;

export async function moveClock(target) {
  if (busy) return false;
  busy = true;
  bar.classList.add("moving");
  try {
    await call("clock", target);
    return true;
  } catch (error) {
    toast(error.message);
    return false;
  } finally {
    busy = false;
    bar.classList.remove("moving");
  }
}

// -- the bar at the top

const wall = h("b", { class: "wall" });
const elsewhere = h("small", {});
const nextLabel = h("span", {});
const nextButton = h("button", { type: "button", class: "step next", onclick: () => moveClock({ next: true }) }, icon("next"), nextLabel);

function drawBar() {
  const step = (label, seconds) => h("button", { type: "button", class: "step", "aria-label": `Move the clock by ${label.slice(1)}`, onclick: () => moveClock({ by: seconds }) }, label);
  fill(bar,
    h("div", { class: "brand" }, h("img", { src: "/room/icon.svg", alt: "", width: 22, height: 22 }), h("span", {}, "Rehearsal")),
    h("div", { class: "clock", role: "group", "aria-label": "Now" }, icon("clock"), h("div", { class: "two" }, wall, elsewhere)),
    h("div", { class: "steps", role: "group", "aria-label": "Move the clock" }, step("+1 hour", HOUR), step("+1 day", 24 * HOUR), step("+1 week", 168 * HOUR),
      h("button", { type: "button", class: "step", "aria-haspopup": "dialog", onclick: (event) => pickDate(event.currentTarget) }, "To a date…"), nextButton),
    h("div", { class: "ends" },
      h("button", { type: "button", class: "plain", "aria-label": "Light or dark", title: "Light or dark", onclick: switchTheme }, icon("theme")),
      h("button", { type: "button", class: "step", id: "tour-button", onclick: () => emit("tour") }, icon("play"), "Tour")));
}

function pickDate(anchor) {
  const input = h("input", { type: "datetime-local", "aria-label": `Date and time in ${city(store.zone)}`, value: localText(now(), store.zone) });
  const send = (event) => {
    event.preventDefault();
    const target = fromLocal(input.value, store.zone);
    if (Number.isNaN(target)) return;
    anchor.focus();
    moveClock({ to: new Date(target).toISOString() });
    box.remove();
  };
  const box = popup(anchor, h("form", { class: "date", onsubmit: send }, h("label", {}, `When, in ${city(store.zone)}?`, input), h("button", { class: "button primary small" }, "Go")), { label: "Move the clock to a date", role: "dialog" });
}

const parts = (milliseconds, zone) => inZone(milliseconds, zone, { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" }).match(/\d+/g).map(Number);

function localText(milliseconds, zone) {
  const [day, month, year, hour, minute] = parts(milliseconds, zone).map((part) => String(part).padStart(2, "0"));
  return `${year}-${month}-${day}T${hour}:${minute}`;
}

// Wall time in a zone to an instant: guess, look how far off, correct.
function fromLocal(text, zone) {
  const wanted = Date.parse(`${text}Z`);
  let instant = wanted;
  for (let turn = 0; turn < 3; turn += 1) {
    const [day, month, year, hour, minute] = parts(instant, zone);
    instant += wanted - Date.UTC(year, month - 1, day, hour, minute);
  }
  return instant;
}

export function switchTheme() {
  const dark = document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const other = dark === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = other;
  localStorage.setItem("rehearsal-theme", other);
}

everySecond(() => {
  const moment = now();
  wall.textContent = groupTime(moment, WALL);
  const zone = viewerZone();
  const here = `${city(store.zone)} (${zoneName(moment, store.zone)})`;
  elsewhere.textContent = zone === store.zone ? here : `${here} · ${inZone(moment, zone, { weekday: "short", hour: "2-digit", minute: "2-digit" })} in ${city(zone)}`;
  const due = store.state.next_due;
  nextButton.disabled = !due || busy;
  // Nothing is said of it before the bot was asked.
  nextLabel.textContent = due ? `Next: ${relative(Date.parse(due))}` : due === null ? "Nothing armed" : "Next";
  nextButton.title = due ? `To the next thing that happens: ${groupTime(Date.parse(due))}` : "Nothing happens by itself yet";
});

on("state", () => bar.classList.toggle("moving", busy || store.state.advancing));
on("arrived", () => {
  document.getElementById("tour-button").hidden = !store.tour; // it knows the demo group alone
});
drawBar();

// -- what is armed

export function armedPanel() {
  const { armed, next_due: due } = store.state;
  const entries = armed.map((one) => {
    const instant = Date.parse(one.due);
    const past = instant <= now();
    const travel = h("button", { type: "button", class: "plain", "aria-label": `Move the clock to ${groupTime(instant)}`, title: "Move the clock there", disabled: past, onclick: () => moveClock({ to: one.due }) }, icon("next"));
    return h("li", { class: `armed ${one.state}` }, h("div", { class: "two" }, h("small", {}, h("span", { class: "kind" }, one.kind), one.state !== "waiting" && ` ${one.state}`), one.text && h("b", { title: one.text }, one.text), h("small", {}, `${groupTime(instant, SHORT)} · `, relativeStamp(instant))), travel);
  });
  return [
    h("p", { class: "hint" }, due ? ["The next thing happens ", relativeStamp(Date.parse(due)), "."] : "Nothing is armed: plan a session, or wait for a digest day."),
    h("ul", { class: "armed-list" }, entries),
  ];
}

const relativeStamp = (instant) => h("time", { data: { relative: String(instant) } }, relative(instant));

// -- trouble

export function troublePanel() {
  const groups = new Map();
  for (const one of store.state.troubles) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  const flip = (one) => call("trouble", { key: one.key, on: !one.on }).then(() => one.momentary && toast(`Done: ${one.label.toLowerCase()}.`, "good"), (error) => toast(error.message));
  return [
    h("p", { class: "hint" }, "Break something, and watch what the bot does about it."),
    [...groups].map(([name, list]) => h("section", {}, h("h3", {}, name), list.map((one) =>
      h("button", { type: "button", class: "trouble", id: `trouble-${one.key}`, "aria-pressed": one.momentary ? null : String(one.on), onclick: () => flip(one) },
        h("span", { class: "two" }, h("b", {}, one.label), h("small", {}, one.about)), one.momentary ? h("span", { class: "now" }, icon("bolt")) : h("span", { class: "lamp" }))))),
    h("section", { class: "wire-box" }, h("h3", {}, "What the bot says to Discord"), wireLog()),
  ];
}

function wireLog() {
  const rows = store.state.wire.slice(-25).reverse().map(({ method, path, status }) => {
    const kind = status === null ? "lost" : status >= 400 ? "bad" : "good";
    return h("li", { class: kind }, h("b", {}, method), h("span", { title: path }, path.replaceAll(/\{\w+\}/g, "…")), h("i", {}, status ?? "lost"));
  });
  return rows.length ? h("ol", { class: "wire" }, rows) : h("p", { class: "hint" }, "Nothing yet.");
}
