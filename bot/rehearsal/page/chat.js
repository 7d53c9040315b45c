// The middle: the channel's head and its messages.

import { fill, h, icon, toast } from "./dom.js";
import { dayKey, longDay } from "./clock.js";
import { channelNow, channelOf, go, loadHistory, logOf, markRead, on, person, store } from "./store.js";
import { drawMessage, follows } from "./message.js";

const scroller = document.getElementById("scroller");
const list = document.getElementById("log");
const head = document.getElementById("place");
const KINDS = { 0: "hash", 1: "people", 2: "voice", 5: "news", 10: "thread", 11: "thread", 12: "thread", 15: "forum" };
export const kindIcon = (channel) => icon(KINDS[channel.kind] ?? "hash");

let stuck = true; // at the bottom, and staying there
let loading = false;

// -- the head

export function drawHead() {
  const channel = channelNow();
  if (!channel) return;
  const parent = channel.kind >= 10 && channel.kind <= 12 ? channelOf(channel.parent) : null;
  const name = channel.kind === 1 ? person(store.bot).name : channel.name;
  document.title = `#${name} · rehearsal`;
  fill(head,
    h("button", { type: "button", class: "plain narrow", "aria-label": "Show channels", onclick: () => document.body.classList.toggle("show-places") }, icon("menu")),
    parent && h("button", { type: "button", class: "textlink crumb", onclick: () => go(parent.id) }, `#${parent.name} ›`),
    h("h1", {}, kindIcon(channel), h("span", {}, name)), channel.archived && h("span", { class: "app-tag" }, "archived"),
    h("p", { class: "topic", title: channel.topic ?? "" }, channel.topic ?? ""),
    h("button", { type: "button", class: "plain narrow", "aria-label": "Show people, time and trouble", onclick: () => document.body.classList.toggle("show-side") }, icon("people")));
}

// -- the list

function divider(message, previous) {
  if (previous && dayKey(Date.parse(previous.timestamp)) === dayKey(Date.parse(message.timestamp))) return null;
  return h("li", { class: "day", role: "separator" }, h("span", {}, longDay(message.timestamp)));
}

function beginning(log) {
  const channel = channelNow();
  if (log.more) return h("li", { class: "earlier" }, "Loading earlier messages…");
  const name = channel.kind === 1 ? person(store.bot).name : `#${channel.name}`;
  return h("li", { class: "beginning" }, h("span", { class: "bubble" }, kindIcon(channel)), h("h2", {}, channel.kind === 1 ? name : `Welcome to ${name}`), h("p", {}, channel.kind === 1 ? "Here the bot writes to you alone." : channel.topic || "This is where it begins."));
}

function drawAll() {
  const log = logOf(store.channel);
  const rows = [beginning(log)];
  log.ids.forEach((id, at) => {
    const message = log.byId.get(id);
    const previous = log.byId.get(log.ids[at - 1]);
    rows.push(divider(message, previous), drawMessage(message, previous));
  });
  fill(list, rows);
}

export async function openChannel() {
  const channel = store.channel;
  if (!channel) return;
  drawHead();
  stuck = true;
  if (!logOf(channel).loaded) {
    fill(list, h("li", { class: "earlier" }, "Loading…"));
    try {
      await loadHistory(channel);
    } catch (error) {
      toast(error.message);
    }
  }
  if (channel !== store.channel) return;
  drawAll();
  toBottom();
}

async function loadEarlier() {
  const { channel } = store;
  const log = logOf(channel);
  if (loading || !log.loaded || !log.more) return;
  loading = true;
  const anchor = list.querySelector(".message");
  const before = anchor?.getBoundingClientRect().top ?? 0;
  try {
    await loadHistory(channel);
  } finally {
    loading = false;
  }
  if (channel !== store.channel) return;
  drawAll();
  const again = anchor && document.getElementById(anchor.id);
  if (again) scroller.scrollTop += again.getBoundingClientRect().top - before;
}

function toBottom() {
  scroller.scrollTop = scroller.scrollHeight;
}
new ResizeObserver(() => stuck && toBottom()).observe(list);
new ResizeObserver(() => stuck && toBottom()).observe(scroller);

scroller.addEventListener("scroll", () => {
  stuck = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;
  if (stuck) markRead(store.channel);
  if (scroller.scrollTop < 200) loadEarlier();
  document.getElementById("below").classList.toggle("away", !stuck);
});

// -- changes

function place(message) {
  const log = logOf(message.channel_id);
  const at = log.ids.indexOf(message.id);
  const previous = log.byId.get(log.ids[at - 1]);
  const next = log.byId.get(log.ids[at + 1]);
  const element = drawMessage(message, previous);
  const old = document.getElementById(element.id);
  if (old) {
    const focused = old.contains(document.activeElement) && document.activeElement.getAttribute("aria-label");
    old.replaceWith(element);
    if (focused) element.querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
  } else {
    const before = next && document.getElementById(`m${next.id}`);
    const day = divider(message, previous);
    element.classList.add("fresh");
    if (day) list.insertBefore(day, before ?? null);
    list.insertBefore(element, before ?? null);
  }
  if (stuck) toBottom();
}

on("message", ({ channel, message }) => {
  if (channel === store.channel && logOf(channel).loaded) place(message);
});

on("gone", ({ channel, id }) => {
  if (channel !== store.channel) return;
  const element = document.getElementById(`m${id}`);
  const next = element?.nextElementSibling;
  element?.remove();
  // the one after it may need its author's name again
  const log = logOf(channel);
  const message = next?.dataset.id && log.byId.get(next.dataset.id);
  if (message) {
    const previous = log.byId.get(log.ids[log.ids.indexOf(message.id) - 1]);
    if (next.classList.contains("compact") !== Boolean(follows(message, previous))) next.replaceWith(drawMessage(message, previous));
  }
});

on("went", openChannel);
on("places", () => {
  if (!channelNow()) go(store.guilds[0]?.channels.find((channel) => channel.kind === 0)?.id);
  else drawHead();
});

on("jump", async ({ channel, message }) => {
  if (channel !== store.channel) {
    go(channel);
    await openChannel();
  }
  if (!message) return;
  for (let pages = 0; pages < 60 && !document.getElementById(`m${message}`) && logOf(channel).more; pages += 1) await loadEarlier();
  const element = document.getElementById(`m${message}`);
  if (!element) {
    toast("That message is gone.");
    return;
  }
  stuck = false;
  element.scrollIntoView({ block: "center" });
  element.classList.remove("flash");
  requestAnimationFrame(() => element.classList.add("flash"));
});

const jumpDown = h("button", { type: "button", class: "button primary small", onclick: () => {
  stuck = true;
  toBottom();
} }, "Jump to the present", icon("down"));
document.getElementById("below").append(jumpDown);

// A line that only this page shows: something is being sent, or did not go well.
export function localNote(text, kind) {
  const dismiss = h("button", { type: "button", class: "textlink", onclick: () => note.remove() }, "Dismiss message");
  const note = h("li", { class: `message ephemeral local ${kind}` }, h("div", { class: "gutter" }, icon(kind === "bad" ? "bolt" : "send")), h("div", { class: "body" }, h("div", { class: "content" }, text), kind === "bad" && h("div", { class: "private" }, icon("eye"), "Only you can see this · ", dismiss)));
  list.append(note);
  if (stuck) toBottom();
  return note;
}
