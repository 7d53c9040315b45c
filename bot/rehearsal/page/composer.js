// The message box: plain talk, replies, edits; a slash opens the bot's commands.

import { fill, h, icon, toast } from "./dom.js";
import { call, channelNow, on, person, store } from "./store.js";
import { localNote } from "./chat.js";
import { emojiPicker } from "./popup.js";
import { flatten, SlashForm } from "./slash.js";

const form = document.getElementById("composer");
const box = h("textarea", { id: "write", rows: 1, "aria-label": "Message", role: "combobox", "aria-expanded": "false", maxlength: "2000", autocomplete: "off", "aria-controls": "suggestions", "aria-autocomplete": "list" });
const above = h("div", { class: "above" });
const field = h("div", { class: "field-row" });
export const suggestions = h("div", { id: "suggestions", role: "listbox", "aria-label": "Suggestions", hidden: true });

let about = null; // { kind: "reply" | "edit", message }
let slash = null; // the command being filled in
let offered = []; // flattened commands of this channel
let at = 0;

// -- suggestions above the box, shared with the slash form

export function suggest(entries, choose, note) {
  at = 0;
  const rows = entries.map((entry, index) => h("button", { type: "button", role: "option", id: `s${index}`, tabindex: "-1", "aria-selected": String(index === 0), onpointerdown: (event) => event.preventDefault(), onclick: () => choose(entry) }, entry.lead && h("span", { class: "lead" }, entry.lead), h("span", { class: "two" }, h("b", {}, entry.title), entry.detail && h("small", {}, entry.detail))));
  fill(suggestions, note && h("p", { class: "hint" }, note), rows);
  suggestions.hidden = !rows.length && !note;
  pointAt(rows.length ? 0 : null);
}

// Tell the box, and with it a screen reader, which suggestion is meant.
function pointAt(index) {
  const typing = document.activeElement;
  if (!form.contains(typing) || !("value" in typing)) return;
  typing.setAttribute("aria-expanded", String(!suggestions.hidden));
  if (index === null) typing.removeAttribute("aria-activedescendant");
  else typing.setAttribute("aria-activedescendant", `s${index}`);
}

export const hideSuggestions = () => suggest([], () => {});

// Arrow keys, Tab and Enter in the list; true if the key was used.
export function suggestionKey(event) {
  const rows = [...suggestions.querySelectorAll("[role=option]")];
  if (suggestions.hidden || !rows.length) return false;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    rows[at]?.setAttribute("aria-selected", "false");
    at = (at + (event.key === "ArrowDown" ? 1 : -1) + rows.length) % rows.length;
    rows[at].setAttribute("aria-selected", "true");
    rows[at].scrollIntoView({ block: "nearest" });
    pointAt(at);
  } else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") rows[at].click();
  else return false;
  event.preventDefault();
  return true;
}

// -- commands

async function loadCommands() {
  const { channel } = store;
  const found = await call("commands", { channel }).catch(() => []);
  offered = flatten(found.filter((command) => command.type === 1));
  return offered;
}

async function offerCommands() {
  const text = box.value;
  if (!/^\/[^\n]*$/.test(text)) {
    hideSuggestions();
    return;
  }
  if (text.length === 1 || !offered.length) await loadCommands();
  if (!box.value.startsWith("/")) return;
  const wanted = box.value.slice(1).trimEnd().toLowerCase();
  const fits = offered.filter((command) => command.name.startsWith(wanted)).concat(offered.filter((command) => !command.name.startsWith(wanted) && command.name.includes(wanted)));
  const note = offered.length ? (fits.length ? null : `No command “/${wanted}”.`) : "The bot has registered no commands here.";
  suggest(fits.map((command) => ({ title: `/${command.name}`, detail: command.description, lead: icon("forum"), command })), (entry) => startCommand(entry.command), note);
}

export async function startCommand(command, values = {}) {
  about = null;
  box.value = "";
  hideSuggestions();
  slash = new SlashForm(command, { values, submit: sendCommand, cancel: endCommand });
  draw();
  slash.focus();
}

export async function useCommand(name, values) {
  const found = (await loadCommands()).find((command) => command.name === name);
  if (found) await startCommand(found, values);
  else toast(`/${name} is not offered to ${person(store.me).name} here.`);
  return Boolean(found);
}

function endCommand(text = "") {
  slash = null;
  hideSuggestions();
  draw();
  box.value = text;
  box.focus();
  grow();
  if (text) offerCommands();
}

async function sendCommand(command, options) {
  endCommand();
  const { channel } = store;
  const note = localNote(`Sending /${command.name}…`, "sending");
  try {
    const answer = await call("slash", { channel, command: command.name, options });
    if (answer.kind === "modal") (await import("./modal.js")).openForm(answer);
  } catch (error) {
    localNote(`/${command.name}: ${error.message}`, "bad");
  } finally {
    note.remove();
  }
}

// -- plain talk

async function send(event) {
  event?.preventDefault();
  if (slash) {
    slash.submit();
    return;
  }
  const text = box.value.trim();
  if (!text) return;
  const { channel } = store;
  const context = about;
  try {
    if (context?.kind === "edit") await call("edit", { channel, message: context.message.id, text });
    else await call("say", { channel, text, message: context?.message.id });
    box.value = "";
    about = null;
    draw();
    grow();
  } catch (error) {
    toast(error.message);
  }
  box.focus();
}

function grow() {
  box.style.setProperty("height", "auto");
  box.style.setProperty("height", `${Math.min(box.scrollHeight, 200)}px`);
}

box.addEventListener("input", () => {
  grow();
  offerCommands();
});
box.addEventListener("keydown", (event) => {
  if (suggestionKey(event)) return;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
  else if (event.key === "Escape") {
    about = null;
    hideSuggestions();
    draw();
    box.focus();
  }
});
form.addEventListener("submit", send);

function draw() {
  const channel = channelNow();
  const names = { reply: "Replying to", edit: "Editing a message of" };
  fill(above, about && h("div", { class: "about" }, h("span", {}, `${names[about.kind]} `, h("b", {}, person(about.message.author.id).name)), h("button", { type: "button", class: "plain", "aria-label": "Never mind", onclick: () => { about = null; box.value = ""; draw(); } }, icon("close"))));
  const open = channel?.writable ?? false;
  const name = channel?.kind === 1 ? `@${person(store.bot).name}` : `#${channel?.name ?? ""}`;
  box.placeholder = open ? `Message ${name} · / for commands` : "Only commands here: press /";
  fill(field, slash ? slash.element : box,
    h("button", { type: "button", class: "plain", "aria-label": "Emoji", hidden: Boolean(slash), onclick: (event) => emojiPicker(event.currentTarget, (emoji) => { box.value += emoji; box.focus(); }) }, icon("smile")),
    h("button", { type: "submit", class: "plain", "aria-label": "Send" }, icon("send")));
  fill(form, suggestions, above, field);
}

on("went", () => {
  offered = [];
  about = null;
  if (slash) slash = null;
  hideSuggestions();
  draw();
});
on("arrived", () => {
  offered = [];
  draw();
});
on("reply", (message) => {
  about = { kind: "reply", message };
  draw();
  box.focus();
});
on("edit", (message) => {
  about = { kind: "edit", message };
  draw();
  box.value = message.content;
  grow();
  box.focus();
});
on("use-command", (name) => useCommand(name));
