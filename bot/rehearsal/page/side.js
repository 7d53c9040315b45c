// The right: people, what is armed, trouble, events. One panel at a time.

import { avatar, fill, h, icon, toast } from "./dom.js";
import { city, everySecond, inZone, now, relative, SHORT, zoneName } from "./clock.js";
import { call, guildNow, on, person, store, topRole } from "./store.js";
import { inline, markdown } from "./markdown.js";
import { actAs } from "./places.js";
import { menu } from "./popup.js";
import { armedPanel, troublePanel } from "./stage.js";

const side = document.getElementById("side");
const PANELS = { people: ["people", "People", peoplePanel], time: ["clock", "Time", armedPanel], trouble: ["bolt", "Trouble", troublePanel], events: ["calendar", "Events", eventsPanel] };
let shown = new URLSearchParams(location.search).get("panel") ?? "people";
if (!(shown in PANELS)) shown = "people";

export function showPanel(name) {
  shown = name;
  document.body.classList.add("show-side");
  draw();
}

function draw() {
  const focused = side.contains(document.activeElement) ? document.activeElement.id : null;
  const scrolled = side.querySelector(".panel")?.scrollTop ?? 0;
  const kept = side.dataset.panel === shown;
  side.dataset.panel = shown;
  const choose = (name) => {
    shown = name;
    draw();
  };
  const tabs = Object.entries(PANELS).map(([name, [glyph, label]]) =>
    h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-selected": String(name === shown), "aria-controls": "panel", onclick: () => choose(name) }, icon(glyph), h("span", {}, label)));
  const close = h("button", { type: "button", class: "plain narrow", "aria-label": "Close", onclick: () => document.body.classList.remove("show-side") }, icon("close"));
  const panel = h("div", { class: "panel", id: "panel", role: "tabpanel", "aria-labelledby": `tab-${shown}`, tabindex: "-1" }, PANELS[shown][2]());
  fill(side, h("div", { class: "tabs", role: "tablist" }, tabs, close), panel);
  if (kept) panel.scrollTop = scrolled;
  if (focused) document.getElementById(focused)?.focus();
}

// -- people

function peoplePanel() {
  const guild = guildNow() ?? store.guilds[0];
  const members = guild?.members ?? [];
  const groups = new Map();
  for (const member of members) {
    const bot = store.users[member.id].bot;
    const group = bot ? "Apps" : topRole(member.id, guild)?.name ?? "Members";
    groups.set(group, [...(groups.get(group) ?? []), member]);
  }
  const order = [...groups].sort(([one], [two]) => rank(one) - rank(two));
  return [h("p", { class: "hint" }, "Press somebody to act as them. What you see and may do changes with it."), order.map(([name, list]) => h("section", {}, h("h3", {}, `${name} — ${list.length}`), list.map((member) => h("div", { class: "person-line" }, personRow(member, guild), deedsButton(member, guild))))), absentees(guild)];
}

// What can be done about a member: by themselves, or by a moderator.
function deedsButton({ id, name }, guild) {
  const done = (deed, details) => call(deed, { guild: guild.id, user: id, ...details }).catch((error) => toast(error.message));
  const { bot, dms_closed: closed } = store.users[id];
  const mine = id === store.me;
  const others = !mine && id !== guild.owner;
  const entries = [
    mine && [closed ? "Take direct messages again" : "Take no direct messages", () => done("close_dms", { closed: !closed })],
    mine && id !== guild.owner && ["Leave the server", () => done("leave"), { danger: true }],
    others && guild.may_kick && [bot ? "Remove the bot" : "Kick", () => done("remove"), { danger: true }],
    others && guild.may_ban && !bot && ["Ban", () => done("remove", { ban: true }), { danger: true }],
  ].filter(Boolean);
  return entries.length > 0 && h("button", { type: "button", id: `deeds-${id}`, class: "plain", "aria-label": `What can be done about ${name}`, "aria-haspopup": "menu", onclick: (event) => menu(event.currentTarget, entries, name) }, icon("more"));
}

function absentees(guild) {
  if (!guild?.absent.length) return null;
  const back = (id) => call("return", { guild: guild.id, user: id }).catch((error) => toast(error.message));
  return h("section", {}, h("h3", {}, `Not here — ${guild.absent.length}`), guild.absent.map((id) => h("div", { class: "person-line" }, h("div", { class: "person" }, avatar(person(id, guild)), h("span", { class: "two" }, h("b", {}, person(id, guild).name))), h("button", { type: "button", id: `back-${id}`, class: "button secondary small", onclick: () => back(id) }, "Let in"))));
}

const rank = (name) => ({ Members: 1, Apps: 2 })[name] ?? 0;

function personRow(member, guild) {
  const user = person(member.id, guild);
  if (user.bot) {
    const online = store.state.bot_online;
    return h("div", { class: "person" }, avatar(user), h("span", { class: "two" }, h("b", {}, user.name), h("small", { class: online ? "online" : "offline" }, online ? "connected" : "not connected")));
  }
  const mine = member.id === store.me;
  const local = h("small", { data: { zone: user.zone ?? "" } }, localTime(user.zone));
  return h("button", { type: "button", id: `act-${member.id}`, class: mine ? "person here" : "person", "aria-pressed": String(mine), "aria-label": `Act as ${user.name}`, onclick: () => actAs(member.id) }, avatar(user), h("span", { class: "two" }, h("b", {}, user.name), local), mine && h("span", { class: "app-tag" }, "you"));
}

const localTime = (zone) =>
  (zone ? `${inZone(now(), zone, { weekday: "short", hour: "2-digit", minute: "2-digit" })} in ${city(zone)}` : "");

everySecond(() => {
  for (const element of side.querySelectorAll("[data-zone]")) {
    const text = localTime(element.dataset.zone);
    if (element.textContent !== text) element.textContent = text;
  }
});

// -- the server's own events

function eventsPanel() {
  const events = (guildNow()?.events ?? []).filter((event) => event.status < 3);
  if (!events.length) return h("p", { class: "hint" }, "No events in this server. When the bot announces a session as a native event, it stands here.");
  return events.sort((one, two) => Date.parse(one.scheduled_start_time) - Date.parse(two.scheduled_start_time)).map((event) => {
    const start = Date.parse(event.scheduled_start_time);
    const attend = () => call("attend", { guild: event.guild_id, event: event.id, on: !event.interested }).catch((error) => toast(error.message));
    return h("article", { class: "event" },
      h("small", { class: event.status === 2 ? "live" : "" }, event.status === 2 ? "Happening now" : `${inZone(start, store.zone, SHORT)} ${zoneName(start, store.zone)} · ${relative(start)}`),
      h("h4", {}, event.name), event.description && h("div", { class: "embed-text" }, markdown(event.description)),
      event.entity_metadata?.location && h("p", { class: "where" }, icon("link"), inline(event.entity_metadata.location)),
      h("button", { type: "button", class: event.interested ? "button success small" : "button secondary small", id: `event-${event.id}`, "aria-pressed": String(event.interested), onclick: attend }, event.interested ? "Interested ✓" : "Interested", ` · ${event.user_count ?? 0}`));
  });
}

// A press must end on the very button on which it began: nothing is drawn anew in between.
let pressed = false;
let stale = false;
side.addEventListener("pointerdown", () => {
  pressed = true;
});
for (const name of ["pointerup", "pointercancel"]) {
  addEventListener(name, () => {
    pressed = false;
    if (stale) setTimeout(refresh);
  });
}

function refresh() {
  stale = pressed;
  if (!pressed) draw();
}

for (const name of ["arrived", "places", "went", "state"]) on(name, refresh);
