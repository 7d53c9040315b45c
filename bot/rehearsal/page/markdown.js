// Discord's markdown, as nodes. What is not understood stays the text it is.

import { h, icon, link } from "./dom.js";
import { timestamp } from "./clock.js";
import { allChannels, channelOf, emit, go, guildNow, person, store } from "./store.js";

const URL_SAFE = /^https?:\/\//i;

// [first letters, pattern (sticky), node of the match]; tried in this order
const RULES = [
  ["\\", /\\([^A-Za-z0-9\s])/y, (m) => m[1]],
  ["`", /(`+)([\s\S]*?[^`])\1(?!`)/y, (m) => h("code", {}, m[2].trim())],
  ["<", /<t:(-?\d{1,13})(?::([tTdDfFsSR]))?>/y, (m) => timestamp(m[1], m[2])],
  ["<", /<@!?(\d+)>/y, (m) => mention(m[1])],
  ["<", /<@&(\d+)>/y, (m) => roleMention(m[1])],
  ["<", /<#(\d+)>/y, (m) => channelMention(m[1])],
  ["<", /<\/([^:>]{1,100}):(\d+)>/y, (m) => commandMention(m[1])],
  ["<", /<a?:(\w{2,32}):\d+>/y, (m) => h("span", { class: "custom-emoji" }, `:${m[1]}:`)],
  ["<", /<(https?:\/\/[^>\s]+)>/y, (m) => webLink(m[1])],
  ["[", /\[((?:\\.|[^\]\\])+)\]\(<?(https?:\/\/(?:[^\s()<>]|\([^\s()<>]*\))+)>?(?:\s+"[^"]*")?\)/y, (m) => webLink(m[2], inline(m[1]))],
  ["h", /https?:\/\/[^\s<]+[^\s<.,:;!?"')\]*_~|]/y, (m) => webLink(m[0])],
  ["@", /@(everyone|here)\b/y, (m) => h("span", { class: "mention" }, m[0])],
  ["|", /\|\|([\s\S]+?)\|\|/y, (m) => spoiler(inline(m[1]))],
  ["*", /\*\*\*([\s\S]+?)\*\*\*/y, (m) => h("strong", {}, h("em", {}, inline(m[1])))],
  ["*", /\*\*([\s\S]+?)\*\*(?!\*)/y, (m) => h("strong", {}, inline(m[1]))],
  ["*", /\*(?![\s*])((?:\*\*|[^*])+?)(?<!\s)\*(?!\*)/y, (m) => h("em", {}, inline(m[1]))],
  ["_", /__([\s\S]+?)__(?!_)/y, (m) => h("u", {}, inline(m[1]))],
  ["_", /_(?![\s_])((?:__|[^_])+?)_(?!\w)/y, (m) => h("em", {}, inline(m[1]))],
  ["~", /~~([\s\S]+?)~~/y, (m) => h("s", {}, inline(m[1]))],
];
const FIRSTS = new Set(RULES.map(([first]) => first));

export function inline(text) {
  const nodes = [];
  let plain = "";
  let at = 0;
  while (at < text.length) {
    const letter = text[at];
    // a letter before an underscore or an address belongs to a word
    const inWord = (letter === "_" || letter === "h") && /\w/.test(text[at - 1] ?? "");
    const found = FIRSTS.has(letter) && !inWord && match(text, at);
    if (found) {
      if (plain) nodes.push(plain);
      plain = "";
      nodes.push(found.node);
      at = found.end;
    } else {
      plain += letter;
      at += 1;
    }
  }
  if (plain) nodes.push(plain);
  return nodes;
}

function match(text, at) {
  for (const [first, pattern, make] of RULES) {
    if (text[at] !== first) continue;
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) return { end: at + found[0].length, node: make(found) };
  }
  return null;
}

function mention(id) {
  const { name } = person(id);
  return h("span", { class: id === store.me ? "mention me" : "mention" }, `@${name}`);
}

function roleMention(id) {
  const role = guildNow()?.roles.find((entry) => entry.id === id);
  return h("span", { class: "mention" }, `@${role?.name ?? "deleted-role"}`);
}

export function channelMention(id) {
  const channel = channelOf(id);
  if (!channel) return h("span", { class: "mention" }, "#no-access");
  const name = channel.kind === 1 ? "private messages" : channel.name;
  return h("button", { type: "button", class: "mention", onclick: () => go(id) }, icon(channel.kind > 9 ? "thread" : "hash"), name);
}

function commandMention(name) {
  return h("button", { type: "button", class: "mention", onclick: () => emit("use-command", name) }, `/${name}`);
}

// Links to this very place stay in the page.
function webLink(url, children) {
  const inner = url.match(/^https:\/\/(?:\w+\.)?discord\.com\/channels\/(?:\d+|@me)\/(\d+)(?:\/(\d+))?$/);
  if (inner && allChannels().some((channel) => channel.id === inner[1])) {
    const jump = () => emit("jump", { channel: inner[1], message: inner[2] });
    const place = channelOf(inner[1]);
    const shown = children ?? [icon("hash"), place.name || "private messages", inner[2] ? " › message" : ""];
    return h("button", { type: "button", class: children ? "textlink" : "mention", onclick: jump }, shown);
  }
  return URL_SAFE.test(url) ? link(url, children ?? url) : url;
}

function spoiler(children) {
  const open = (event) => event.currentTarget.classList.add("open");
  return h("button", { type: "button", class: "spoiler", "aria-label": "Spoiler: press to show", onclick: open }, h("span", {}, children));
}

// -- blocks

const FENCE = /^```(?:([\w+#.-]+)\n)?\n?([\s\S]*?)\n?```/;
const LIST = /^( *)(?:[-*]|(\d{1,9})\.) +(.+)$/;

export function markdown(text) {
  const nodes = [];
  const lines = [];
  const flush = () => nodes.push(...blocks(lines.splice(0)));
  let rest = text ?? "";
  while (rest) {
    const fence = rest.startsWith("```") && FENCE.exec(rest);
    if (fence) {
      flush();
      nodes.push(h("pre", {}, h("code", {}, fence[2])));
      rest = rest.slice(fence[0].length).replace(/^\n/, "");
      continue;
    }
    const next = rest.indexOf("\n");
    const code = rest.indexOf("```");
    if (code > 0 && (next < 0 || code < next) && FENCE.test(rest.slice(code))) {
      lines.push(rest.slice(0, code));
      rest = rest.slice(code);
    } else {
      lines.push(next < 0 ? rest : rest.slice(0, next));
      rest = next < 0 ? "" : rest.slice(next + 1);
      if (!rest && next >= 0) break;
    }
  }
  flush();
  return nodes;
}

function blocks(lines) {
  const nodes = [];
  let words = [];
  const paragraph = () => {
    const text = words.join("\n");
    if (text.trim()) nodes.push(h("div", { class: "text" }, inline(text)));
    else if (words.length && nodes.length) nodes.push(h("div", { class: "gap" }));
    words = [];
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    const heading = /^(#{1,3}) +(.+)$/.exec(line);
    const small = /^-# +(.+)$/.exec(line);
    if (line.startsWith(">>> ")) {
      paragraph();
      nodes.push(h("blockquote", {}, blocks([line.slice(4), ...lines.slice(at + 1)])));
      break;
    } else if (line.startsWith("> ") || line === ">") {
      paragraph();
      const quoted = [];
      while (at < lines.length && (lines[at].startsWith("> ") || lines[at] === ">")) quoted.push(lines[at++].slice(2));
      at -= 1;
      nodes.push(h("blockquote", {}, blocks(quoted)));
    } else if (heading) {
      paragraph();
      nodes.push(h("div", { class: `heading h${heading[1].length}`, role: "heading", "aria-level": heading[1].length + 2 }, inline(heading[2])));
    } else if (small) {
      paragraph();
      nodes.push(h("div", { class: "subtext" }, inline(small[1])));
    } else if (LIST.test(line)) {
      paragraph();
      const items = [];
      while (at < lines.length && (LIST.test(lines[at]) || (items.length && /^ +\S/.test(lines[at])))) items.push(lines[at++]);
      at -= 1;
      nodes.push(list(items));
    } else words.push(line);
  }
  paragraph();
  return nodes;
}

function list(lines) {
  const depth = LIST.exec(lines[0])[1].length;
  const ordered = LIST.exec(lines[0])[2];
  const root = h(ordered ? "ol" : "ul", ordered ? { start: ordered } : {});
  let item = null;
  for (let at = 0; at < lines.length; at += 1) {
    const found = LIST.exec(lines[at]);
    if (!found) item.append("\n", ...inline(lines[at].trim()));
    else if (found[1].length > depth + 1 && item) {
      const inner = [];
      while (at < lines.length && (LIST.exec(lines[at])?.[1].length ?? depth + 2) > depth + 1) inner.push(lines[at++]);
      at -= 1;
      item.append(list(inner));
    } else root.append((item = h("li", {}, inline(found[3]))));
  }
  return root;
}

// The same text without its marks, for previews.
export function plainText(text) {
  return markdown(text).map((node) => node.textContent ?? node).join(" ").replace(/\s+/g, " ").trim();
}
