// What the page knows, and the socket that tells it. Views listen to the bus and draw from the store.

export const store = {
  me: null, bot: null, zone: "Europe/Berlin", users: {}, guilds: [], dms: [],
  guild: null, channel: null,
  logs: new Map(), // channel id -> { ids: [], byId: Map, more: bool, loaded: bool }
  read: new Map(), // "me/channel" -> last message id read
  state: { armed: [], troubles: [], wire: [], next_due: undefined, advancing: false, bot_online: false },
};

const bus = new EventTarget();
export const on = (name, listener) => bus.addEventListener(name, (event) => listener(event.detail));
export const emit = (name, detail) => bus.dispatchEvent(new CustomEvent(name, { detail }));

// -- finding things

export const guildNow = () => store.guilds.find((guild) => guild.id === store.guild) ?? null;
export const allChannels = () => [...store.guilds.flatMap((guild) => guild.channels), ...store.dms];
export const channelOf = (id) => allChannels().find((channel) => channel.id === id);
export const channelNow = () => channelOf(store.channel);

export function memberOf(id, guild = guildNow()) {
  return guild?.members.find((member) => member.id === id);
}

export function person(id, guild = guildNow()) {
  const user = store.users[id];
  if (!user) return { id, name: "somebody who left", username: id };
  return { ...user, name: memberOf(id, guild)?.name ?? user.name };
}

export function topRole(id, guild = guildNow()) {
  const roles = memberOf(id, guild)?.roles ?? [];
  return (guild?.roles ?? [])
    .filter((role) => roles.includes(role.id))
    .sort((one, two) => two.position - one.position)[0];
}

export const viewerZone = () =>
  store.users[store.me]?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

export function logOf(channel) {
  if (!store.logs.has(channel)) store.logs.set(channel, { ids: [], byId: new Map(), more: false, loaded: false });
  return store.logs.get(channel);
}

// Ids are numbers too great for JavaScript: longer is later, then by letters.
export const later = (one, two) => one.length - two.length || (one < two ? -1 : one > two ? 1 : 0);

// -- reading

const readKey = (channel) => `${store.me}/${channel}`;

export function markRead(channel) {
  const last = channelOf(channel)?.last;
  if (last) store.read.set(readKey(channel), last);
}

export function unread(channel) {
  return Boolean(channel.last) && channel.id !== store.channel
    && later(channel.last, store.read.get(readKey(channel.id)) ?? store.baseline) > 0;
}

// -- the socket

let socket = null;
let number = 0;
const waiting = new Map();

export function connect() {
  const as = new URLSearchParams(location.search).get("as");
  const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/room/socket`;
  socket = new WebSocket(as && !store.me ? `${address}?as=${encodeURIComponent(as)}` : address);
  socket.addEventListener("open", () => {
    emit("connected", true);
    if (store.me) call("view_as", { user: store.me }).catch(() => {});
  });
  socket.addEventListener("message", (event) => hear(JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    emit("connected", false);
    for (const { reject } of waiting.values()) reject(new Error("The rehearsal server went away."));
    waiting.clear();
    setTimeout(connect, 1000);
  });
}

// Ask for a deed; resolves with its data, rejects with the words of the refusal.
export function call(deed, details = {}) {
  return new Promise((resolve, reject) => {
    if (socket?.readyState !== WebSocket.OPEN) {
      reject(new Error("The rehearsal server is not there."));
      return;
    }
    number += 1;
    waiting.set(number, { resolve, reject });
    socket.send(JSON.stringify({ ...details, do: deed, id: number }));
  });
}

function hear(message) {
  if (message.t === "reply") {
    const { resolve, reject } = waiting.get(message.id) ?? {};
    waiting.delete(message.id);
    if (message.error === undefined) resolve?.(message.data);
    else reject?.(new Error(message.error));
  } else if (message.t === "snapshot") arrive(message);
  else if (message.t === "places") {
    Object.assign(store, { guilds: message.guilds, dms: message.dms, users: message.users });
    emit("places");
  } else if (message.t === "messages") for (const change of message.changes) changed(change);
  else if (message.t === "state") {
    store.state = message;
    emit("clock", message);
    emit("state");
  }
}

function arrive(message) {
  const switched = store.me !== message.me;
  const { me, bot, zone, tour, guilds, dms, users } = message;
  Object.assign(store, { me, bot, zone, tour, guilds, dms, users });
  if (switched) store.logs.clear();
  // What was there when the page was opened counts as read, for everybody.
  store.baseline ??= allChannels().map((channel) => channel.last ?? "0").sort(later).at(-1) ?? "0";
  emit("clock", { now: message.now, ticking: false });
  emit("arrived", switched);
}

function changed({ channel, message, gone }) {
  const log = logOf(channel);
  if (gone) {
    log.byId.delete(gone);
    log.ids = log.ids.filter((id) => id !== gone);
    emit("gone", { channel, id: gone });
    return;
  }
  const place = channelOf(channel);
  const fresh = !log.byId.has(message.id);
  log.byId.set(message.id, message);
  if (fresh) {
    log.ids.push(message.id);
    if (log.ids.length > 1 && later(message.id, log.ids.at(-2)) < 0) log.ids.sort(later);
  }
  if (place && (!place.last || later(message.id, place.last) > 0)) {
    place.last = message.id;
    if (channel === store.channel && document.hasFocus()) markRead(channel);
    emit("unread", { channel, message });
  }
  emit("message", { channel, message, fresh });
}

export async function loadHistory(channel) {
  const log = logOf(channel);
  const page = await call("history", { channel, before: log.loaded ? log.ids[0] : undefined });
  for (const message of page.messages) log.byId.set(message.id, message);
  log.ids = [...log.byId.keys()].sort(later);
  Object.assign(log, { more: page.more, loaded: true });
  return page.messages.length;
}

// -- going places

export function go(channel) {
  const place = channelOf(channel);
  if (!place) return;
  store.channel = channel;
  store.guild = place.guild;
  markRead(channel);
  document.body.classList.remove("show-places", "show-side");
  emit("went");
}

export function firstChannel(guild) {
  const open = guild?.channels.filter((channel) => channel.kind === 0 || channel.kind === 5) ?? [];
  return open.sort((one, two) => one.position - two.position)[0]?.id ?? null;
}
