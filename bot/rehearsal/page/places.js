// The left: servers, channels, and as whom one acts.

import { avatar, fill, h, icon, toast } from "./dom.js";
import { allChannels, call, channelNow, firstChannel, go, guildNow, on, person, store, topRole, unread } from "./store.js";
import { kindIcon } from "./chat.js";
import { menu } from "./popup.js";

const servers = document.getElementById("servers");
const places = document.getElementById("places");

export const actAs = (user) => call("view_as", { user }).catch((error) => toast(error.message));

function drawServers() {
  const home = h("button", { type: "button", class: store.guild === null ? "server here" : "server", "aria-label": "Private messages", title: "Private messages", onclick: openDm }, icon("people"));
  const rows = store.guilds.map((guild) => {
    const initials = guild.name.split(/[^\p{L}]+/u).filter(Boolean).map((word) => word[0]).join("").slice(0, 3).toUpperCase();
    const news = guild.channels.some(unread);
    return h("button", { type: "button", class: `server${guild.id === store.guild ? " here" : ""}${news ? " news" : ""}`, "aria-label": guild.name, title: guild.name, onclick: () => go(firstChannel(guild)) }, initials);
  });
  fill(servers, home, h("hr"), rows);
}

async function openDm() {
  if (store.dms.length) go(store.dms[0].id);
  else await call("dm").then(go, (error) => toast(error.message));
}

const byPlace = (one, two) => one.position - two.position || (one.id < two.id ? -1 : 1);

function row(channel, channels) {
  const threads = channels.filter((one) => one.parent === channel.id && one.kind >= 10 && one.kind <= 12 && (!one.archived || one.id === store.channel));
  const names = ["channel", channel.id === store.channel && "here", unread(channel) && "news"].filter(Boolean).join(" ");
  const button = h("button", { type: "button", class: names, "aria-current": channel.id === store.channel ? "page" : null, onclick: () => go(channel.id) }, kindIcon(channel), h("span", {}, channel.kind === 1 ? person(store.bot).name : channel.name), unread(channel) && h("i", { class: "dot", title: "unread" }));
  return h("li", {}, button, threads.length > 0 && h("ul", {}, threads.sort(byPlace).map((one) => row(one, []))));
}

function drawPlaces() {
  const guild = guildNow();
  const channels = guild?.channels ?? store.dms;
  const plain = channels.filter((channel) => channel.kind !== 4 && !(channel.kind >= 10 && channel.kind <= 12));
  const categories = channels.filter((channel) => channel.kind === 4).sort(byPlace);
  const loose = plain.filter((channel) => !categories.some((category) => category.id === channel.parent));
  const listOf = (some) => h("ul", {}, some.sort(byPlace).map((channel) => row(channel, channels)));
  fill(places,
    h("h2", { title: guild?.name ?? "" }, h("span", {}, guild?.name ?? "Private messages")),
    h("div", { class: "channels" },
      loose.length > 0 && listOf(loose),
      categories.map((category) => {
        const inside = plain.filter((channel) => channel.parent === category.id);
        return inside.length > 0 && h("section", {}, h("h3", {}, category.name), listOf(inside));
      })),
    drawMe());
}

function drawMe() {
  const me = person(store.me);
  const others = () => (guildNow() ?? store.guilds[0])?.members.filter((member) => !store.users[member.id].bot) ?? [];
  const choose = (event) => menu(event.currentTarget, others().map((member) => [member.name, () => actAs(member.id), { lead: avatar(person(member.id), "small"), detail: topRole(member.id)?.name ?? "" }]), "Act as");
  return h("button", { type: "button", class: "acting", "aria-haspopup": "menu", onclick: choose }, avatar(me), h("span", { class: "two" }, h("small", {}, "Acting as"), h("b", {}, me.name)), icon("down"));
}

function draw() {
  drawServers();
  drawPlaces();
}

on("went", draw);
on("places", draw);
on("unread", draw);
on("arrived", () => {
  const here = channelNow() ?? allChannels().find((channel) => channel.name === new URLSearchParams(location.search).get("channel"));
  if (here) go(here.id);
  else go(firstChannel(store.guilds[0]));
  draw();
});
