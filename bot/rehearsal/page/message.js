// One message.

import { avatar, h, icon, toast } from "./dom.js";
import { timeOnly, written } from "./clock.js";
import { call, channelNow, channelOf, emit, go, person, store, topRole } from "./store.js";
import { components, deed, emojiText } from "./components.js";
import { attachment, embed } from "./embeds.js";
import { markdown, plainText } from "./markdown.js";
import { emojiPicker, menu } from "./popup.js";

const PINNED = 6, JOINED = 7, THREAD = 18, REPLY = 19, SLASH = 20, MENU = 23;
const SEVEN_MINUTES = 7 * 60 * 1000;

function follows(message, previous) {
  return previous && previous.author.id === message.author.id && ![REPLY, SLASH, MENU, PINNED, JOINED, THREAD].includes(message.type)
    && ![PINNED, JOINED, THREAD].includes(previous.type) && previous.ephemeral === message.ephemeral
    && Date.parse(message.timestamp) - Date.parse(previous.timestamp) < SEVEN_MINUTES;
}

export function drawMessage(message, previous) {
  if ([PINNED, JOINED, THREAD].includes(message.type)) return notice(message);
  const compact = follows(message, previous);
  const author = person(message.author.id);
  const mentioned = message.pinged;
  const names = ["message", compact && "compact", message.ephemeral && "ephemeral", mentioned && "pinged"].filter(Boolean).join(" ");
  return h("li", { class: names, id: `m${message.id}`, data: { id: message.id }, oncontextmenu: (event) => openMenu(event, message) },
    origin(message),
    h("div", { class: "gutter" }, compact ? h("span", { class: "side-time" }, timeOnly(message.timestamp)) : avatar({ ...author, bot: message.author.bot })),
    h("div", { class: "body" },
      !compact && h("div", { class: "byline" }, nameOf(message), message.author.bot && h("span", { class: "app-tag" }, "APP"), written(message.timestamp), message.pinned && h("span", { class: "pinned", title: "Pinned" }, icon("pin"))),
      message.loading ? thinking(author) : content(message),
      reactions(message), thread(message), message.ephemeral && privateNote(message)),
    toolbar(message));
}

function nameOf(message) {
  const role = topRole(message.author.id);
  const color = role?.color ? { "--name": `#${role.color.toString(16).padStart(6, "0")}` } : {};
  return h("span", { class: role && !message.author.bot ? "name ranked" : "name", css: color }, person(message.author.id).name);
}

function content(message) {
  return [
    h("div", { class: onlyEmoji(message.content) ? "content big" : "content" }, markdown(message.content), message.edited_timestamp && h("small", { class: "edited" }, " (edited)")),
    (message.flags & 4) === 0 && message.embeds.map(embed),
    message.attachments.map(attachment),
    h("div", { class: "components" }, components(message)),
  ];
}

const onlyEmoji = (text) => Boolean(text) && /^(?:\p{Extended_Pictographic}[\uFE0F\u200D\p{M}]*\s*){1,6}$/u.test(text);

function thinking(author) {
  return h("div", { class: "thinking" }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), `${author.name} is thinking…`);
}

// The line above: which command was used, or what this replies to.
function origin(message) {
  if (message.type === SLASH || message.type === MENU) {
    const used = message.interaction;
    const verb = message.type === SLASH ? `/${used.name}` : used.name;
    return h("div", { class: "origin" }, avatar(person(used.user.id), "tiny"), h("b", {}, person(used.user.id).name), " used ", h("span", { class: "command" }, verb));
  }
  if (message.type === REPLY) {
    const original = message.referenced_message;
    if (!original) return h("div", { class: "origin" }, icon("reply"), h("em", {}, "Original message was deleted"));
    const jump = () => emit("jump", { channel: message.channel_id, message: original.id });
    const text = plainText(original.content).slice(0, 140) || original.embeds[0]?.title || "Press to see the message";
    return h("button", { type: "button", class: "origin", onclick: jump }, avatar({ ...person(original.author.id), bot: original.author.bot }, "tiny"), h("b", {}, person(original.author.id).name), h("span", { class: "quote" }, text));
  }
  return null;
}

function notice(message) {
  const who = h("b", {}, person(message.author.id).name);
  const said = {
    [PINNED]: [who, " pinned a message to this channel."],
    [JOINED]: [who, " joined."],
    [THREAD]: [who, " started a thread: ", message.content || "…"],
  }[message.type];
  return h("li", { class: "message notice", id: `m${message.id}`, data: { id: message.id } }, h("div", { class: "gutter" }, icon(message.type === PINNED ? "pin" : "thread")), h("div", { class: "body" }, said, " ", written(message.timestamp)));
}

// -- reactions

const emojiKey = (emoji) => (emoji.id ? `${emoji.name}:${emoji.id}` : emoji.name);

export const react = (message, emoji, wanted) =>
  call("react", { channel: message.channel_id, message: message.id, emoji, on: wanted }).catch((error) => toast(error.message));

function reactions(message) {
  if (!message.reactions?.length) return null;
  const pills = message.reactions.map((reaction) => {
    const key = emojiKey(reaction.emoji);
    const names = async (event) => {
      const pill = event.currentTarget;
      const who = await call("reactors", { channel: message.channel_id, message: message.id, emoji: key }).catch(() => []);
      pill.title = `${who.join(", ")} reacted with ${key}`;
    };
    return h("button", { type: "button", class: reaction.me ? "reaction mine" : "reaction", "aria-pressed": String(reaction.me), "aria-label": `${emojiText(reaction.emoji)}, ${reaction.count} reactions, press to ${reaction.me ? "take yours back" : "add yours"}`, onclick: () => react(message, key, !reaction.me), onpointerenter: names },
      h("span", { class: "emoji" }, emojiText(reaction.emoji)), h("span", { class: "count" }, reaction.count));
  });
  const add = h("button", { type: "button", class: "reaction add", "aria-label": "Add a reaction", onclick: (event) => emojiPicker(event.currentTarget, (emoji) => react(message, emoji, true)) }, icon("smile"));
  return h("div", { class: "reactions" }, pills, message.may_react && add);
}

function thread(message) {
  const found = message.thread && channelOf(message.thread.id);
  if (!found) return null;
  const count = message.thread.message_count ?? 0;
  return h("button", { type: "button", class: "thread-link", onclick: () => go(found.id) }, icon("thread"), h("b", {}, found.name), h("span", {}, count === 1 ? "1 message ›" : `${count} messages ›`));
}

function privateNote(message) {
  return h("div", { class: "private" }, icon("eye"), "Only you can see this · ", h("button", { type: "button", class: "textlink", onclick: () => remove(message) }, "Dismiss message"));
}

const remove = (message) => call("delete", { channel: message.channel_id, message: message.id }).catch((error) => toast(error.message));

// -- what can be done to it

function toolbar(message) {
  const tool = (name, label, act) => h("button", { type: "button", "aria-label": label, title: label, onclick: act }, icon(name));
  if (message.ephemeral) return null;
  return h("div", { class: "tools" },
    message.may_react && tool("smile", "Add a reaction", (event) => emojiPicker(event.currentTarget, (emoji) => react(message, emoji, true))),
    tool("reply", "Reply", () => emit("reply", message)),
    tool("more", "More", (event) => openMenu(event, message)));
}

async function openMenu(event, message) {
  if (event.target.closest?.("a, input, textarea") || (event.type === "contextmenu" && String(getSelection()))) return;
  event.preventDefault();
  const anchor = event.type === "contextmenu" ? { x: event.clientX, y: event.clientY } : event.currentTarget;
  const commands = message.ephemeral ? [] : await call("commands", { channel: message.channel_id }).catch(() => []);
  const apps = commands.filter((command) => command.type === 3);
  const link = `https://discord.com/channels/${channelNow()?.guild ?? "@me"}/${message.channel_id}/${message.id}`;
  const copy = (text) => navigator.clipboard?.writeText(text).then(() => toast("Copied.", "good"), () => toast(text, "good"));
  const run = (command) => deed(null, "menu", { channel: message.channel_id, message: message.id, command: command.name }, command.name);
  menu(anchor, [
    ...apps.map((command) => [command.name, () => run(command), { lead: icon("forum"), detail: "the bot" }]),
    apps.length && null,
    message.may_react && ["Add a reaction", () => emojiPicker(anchor, (emoji) => react(message, emoji, true)), { lead: icon("smile") }],
    ["Reply", () => emit("reply", message), { lead: icon("reply") }],
    message.may_edit && ["Edit", () => emit("edit", message), { lead: icon("more") }],
    message.may_pin && [message.pinned ? "Unpin" : "Pin", () => call("pin", { channel: message.channel_id, message: message.id, pinned: !message.pinned }).catch((error) => toast(error.message)), { lead: icon("pin") }],
    ["Copy text", () => copy(message.content || message.embeds[0]?.title || ""), { lead: icon("more") }],
    ["Copy link", () => copy(link), { lead: icon("link") }],
    message.may_delete && [message.ephemeral ? "Dismiss" : "Delete", () => remove(message), { danger: true, lead: icon("close") }],
  ].filter((entry) => entry !== false && entry !== 0 && entry !== undefined), "What to do with this message");
}
