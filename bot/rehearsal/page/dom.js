// Making elements. Text from outside only ever becomes text nodes; nothing here or elsewhere parses markup.

export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "css") for (const [key, entry] of Object.entries(value)) element.style.setProperty(key, entry);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  put(element, children);
  return element;
}

export function put(element, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false || child === "") continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

export function fill(element, ...children) {
  element.replaceChildren();
  return put(element, children);
}

// A link out of the page, only ever to the web.
export function link(url, ...children) {
  let safe = false;
  try {
    safe = ["http:", "https:", "mailto:"].includes(new URL(url, location.href).protocol);
  } catch {
    safe = false;
  }
  if (!safe) return h("span", {}, children);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, children.length ? children : url);
}

const ICONS = {
  hash: "M9 4 7 20M17 4l-2 16M4.500 9h16M3.500 15h16",
  thread: "M4 6h16M4 12h10M4 18h7M17 14v6M14 17h6",
  forum: "M4 5h16v10H9l-5 4z",
  news: "M4 10v5h3l8 4V6L7 10zM18.500 9.500a4 4 0 0 1 0 6",
  voice: "M5 9v6h4l5 4V5L9 9zM17 9a4 4 0 0 1 0 6",
  people: "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20c0-4 3-6 6.500-6s6.500 2 6.500 6M16 11a3 3 0 1 0-1-5.800M18 14.500c2.200.8 3.500 2.600 3.500 5.500",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.500 2",
  bolt: "M13 3 5 13.500h6L10.500 21 19 10h-6.500z",
  calendar: "M4 6h16v14H4zM4 10.500h16M8 3v4M16 3v4",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.500 14.500c1.800 2.300 5.200 2.300 7 0M9 9.500h.01M15 9.500h.01",
  reply: "M9 7 4 12l5 5M4 12h9c4 0 6.500 2 7 6",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6 6 18",
  eye: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  next: "M5 5l8 7-8 7zM18 5v14",
  send: "M4 12 20 4l-5 16-3.500-6.500z",
  theme: "M20 14.500A8.500 8.500 0 1 1 9.500 4a7 7 0 0 0 10.500 10.500z",
  pin: "M9 4h6l-1 6 3.500 3.500H6.500L10 10zM12 13.500V21",
  play: "M7 5l12 7-12 7z",
  link: "M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 6 6l1-1",
  check: "M5 12.500 10 17.500 19 7",
  down: "M6 9l6 6 6-6",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

// Somebody's initials on a colour of their own.
export function avatar(user, size = "") {
  const name = user?.name ?? "?";
  const initials = name.split(/\s+/).map((word) => [...word][0]).join("").slice(0, 2).toUpperCase();
  let hue = 0;
  for (const letter of user?.username ?? name) hue = (hue * 31 + letter.codePointAt(0)) % 360;
  if (user?.bot) return h("span", { class: `avatar bot ${size}`, "aria-hidden": "true" }, icon("forum"));
  return h("span", { class: `avatar ${size}`, css: { "--hue": String(hue) }, "aria-hidden": "true" }, initials);
}

export function toast(text, kind = "bad") {
  const note = h("div", { class: `toast ${kind}` }, text);
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), 6000);
}
