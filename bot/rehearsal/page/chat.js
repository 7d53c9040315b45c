// The middle: the channel's head and its messages.

import { fill, h, icon, toast } from "./dom.js";
import { dayKey, longDay } from "./clock.js";
import { channelNow, channelOf, go, loadHistory, logOf, markRead, on, person, store } from "./store.js";
import { drawMessage } from "./message.js";

const scroller = document.getElementById("scroller");
const list = document.getElementById("log");
const head = document.getElementById("place");
const KINDS = { 0: "hash", 1: "people", 2: "voice", 5: "news", 10: "thread", 11: "thread", 12: "thread", 15: "forum", 13: "voice" };
export const kindIcon = (channel) => icon(KINDS[channel.kind] ?? "hash");

const WINDOW = 240; // rows that are in the page at once; the others wait in the store
const STEP = 80;

let stuck = true; // at the bottom, and staying there
let loading = false;
let unseen = 0; // messages that came while the reader was further up
let answered = false; // and whether the last of them is the bot's answer to them alone
let from = 0; // the window: log.ids[from] … log.ids[to - 1]
let to = 0;
let drawn = new Map(); // key -> { element, message, previous }

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

function beginning(log) {
  const channel = channelNow();
  if (log.more || from > 0) return h("li", { class: "earlier" }, "Earlier messages…");
  const name = channel.kind === 1 ? person(store.bot).name : `#${channel.name}`;
  return h("li", { class: "beginning" }, h("span", { class: "bubble" }, kindIcon(channel)), h("h2", {}, channel.kind === 1 ? name : `Welcome to ${name}`), h("p", {}, channel.kind === 1 ? "Here the bot writes to you alone." : channel.topic || (channel.kind === 15 ? "Its posts are threads: they stand below its name, among the channels." : "This is where it begins.")));
}

const dayLine = (message) => h("li", { class: "day", role: "separator" }, h("span", {}, longDay(message.timestamp)));
const dayOf = (message) => dayKey(Date.parse(message.timestamp));

// Draw the window anew, keeping every row that has not changed, and what the reader looks at where it is.
function draw() {
  const log = logOf(store.channel);
  to = Math.min(to, log.ids.length);
  const kept = new Map();
  const keep = (key, message, previous, make) => {
    const old = drawn.get(key);
    const same = old && old.message === message && old.previous === previous;
    kept.set(key, same ? old : { element: make(), message, previous });
  };
  keep(`top ${store.channel} ${log.more || from > 0}`, null, null, () => beginning(log));
  for (let at = from; at < to; at += 1) {
    const message = log.byId.get(log.ids[at]);
    const previous = log.byId.get(log.ids[at - 1]) ?? null;
    if (!previous || dayOf(previous) !== dayOf(message)) keep(`day ${dayOf(message)}`, null, null, () => dayLine(message));
    keep(message.id, message, previous?.id ?? null, () => drawMessage(message, previous));
  }
  drawn = kept;
  put([...kept.values()].map((row) => row.element));
}

// Make these the rows of the list, moving none that is in its place already.
function put(rows) {
  const anchor = stuck ? null : [...list.children].find((row) => row.dataset.id && row.getBoundingClientRect().bottom > 110);
  const before = anchor?.getBoundingClientRect().top;
  const wanted = new Set(rows);
  const focused = list.contains(document.activeElement) && document.activeElement;
  const focus = focused && !wanted.has(focused.closest("li")) && [focused.closest("li").id, focused.getAttribute("aria-label")];
  for (const row of [...list.children]) if (!wanted.has(row) && !row.classList.contains("local")) row.remove();
  let here = list.firstElementChild;
  for (const row of rows) {
    if (row === here) here = here.nextElementSibling;
    else list.insertBefore(row, here);
  }
  if (focus?.[1]) document.getElementById(focus[0])?.querySelector(`[aria-label="${CSS.escape(focus[1])}"]`)?.focus();
  const now = anchor && document.getElementById(anchor.id);
  if (now) scroller.scrollTop += now.getBoundingClientRect().top - before;
  else if (stuck) toBottom();
}

function show(first, last) {
  from = Math.max(0, first);
  to = last;
  draw();
}

function showEnd() {
  const { length } = logOf(store.channel).ids;
  show(length - WINDOW, length);
}

export async function openChannel() {
  const { channel } = store;
  if (!channel) return;
  drawHead();
  unseen = 0;
  list.replaceChildren();
  if (!logOf(channel).loaded) {
    try {
      await loadHistory(channel);
    } catch (error) {
      toast(error.message);
    }
  }
  if (channel !== store.channel) return;
  stuck = true;
  showEnd();
}

async function earlier() {
  const { channel } = store;
  const log = logOf(channel);
  if (loading || !log.loaded || (!from && !log.more)) return;
  if (!from) {
    loading = true;
    const count = await loadHistory(channel).finally(() => { loading = false; });
    if (channel !== store.channel) return;
    from += count;
    to += count;
  }
  const first = Math.max(0, from - STEP);
  show(first, first + WINDOW);
}

function later() {
  const { length } = logOf(store.channel).ids;
  if (to < length) show(Math.max(from, to + STEP - WINDOW), to + STEP);
}

function toBottom() {
  scroller.scrollTop = scroller.scrollHeight;
}
new ResizeObserver(() => stuck && toBottom()).observe(list);
new ResizeObserver(() => stuck && toBottom()).observe(scroller);

scroller.addEventListener("scroll", () => {
  if (!logOf(store.channel).loaded) return;
  const left = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  const atEnd = to >= logOf(store.channel).ids.length;
  stuck = left < 60 && atEnd;
  if (stuck) {
    markRead(store.channel);
    unseen = 0;
  }
  document.getElementById("below").classList.toggle("away", unseen > 0 || left > 300 || !atEnd);
  sayBelow();
  if (scroller.scrollTop < 400) earlier();
  else if (left < 400) later();
});

// -- changes

on("message", ({ channel, message, fresh }) => {
  const log = logOf(channel);
  if (channel !== store.channel || !log.loaded) return;
  const wasAtEnd = fresh && to >= log.ids.length - 1;
  if (stuck) showEnd();
  else show(from, wasAtEnd ? log.ids.length : to);
  if (fresh) drawn.get(message.id)?.element.classList.add("fresh");
  if (fresh && !stuck) {
    unseen += 1;
    answered = message.ephemeral;
  }
  sayBelow();
});

on("gone", ({ channel }) => {
  if (channel === store.channel) draw();
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
  const log = logOf(channel);
  while (!log.byId.has(message) && log.more) await loadHistory(channel);
  const at = log.ids.indexOf(message);
  if (at < 0) {
    toast("That message is gone.");
    return;
  }
  stuck = false;
  if (!drawn.has(message)) show(at - STEP, at - STEP + WINDOW);
  const { element } = drawn.get(message);
  element.scrollIntoView({ block: "center" });
  element.classList.remove("flash");
  requestAnimationFrame(() => element.classList.add("flash"));
});

const belowText = h("span");
document.getElementById("below").append(h("button", { type: "button", class: "button primary small", onclick: () => {
  stuck = true;
  unseen = 0;
  showEnd();
  sayBelow();
} }, belowText, icon("down")));

function sayBelow() {
  const news = answered ? "The bot answered you" : `${unseen} new`;
  belowText.textContent = unseen ? `${news} · jump to the present` : "Jump to the present";
  if (unseen) document.getElementById("below").classList.add("away");
}

// A line that only this page shows: something is being sent, or did not go well.
export function localNote(text, kind) {
  const dismiss = h("button", { type: "button", class: "textlink", onclick: () => note.remove() }, "Dismiss message");
  const note = h("li", { class: `message ephemeral local ${kind}` }, h("div", { class: "gutter" }, icon(kind === "bad" ? "bolt" : "send")), h("div", { class: "body" }, h("div", { class: "content" }, text), kind === "bad" && h("div", { class: "private" }, icon("eye"), "Only you can see this · ", dismiss)));
  list.append(note);
  if (stuck) toBottom();
  return note;
}
