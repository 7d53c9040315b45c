"use strict";
// What a page can do besides being read: the reader's own time, addresses to subscribe to, and the search.
// Nothing here asks anybody for anything: all it uses is beside it. Text is only ever set as text.

const ROOT = document.body.dataset.root;

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// The reader's own time, where it is another one than is said; and whether it is over, should the page be an old one.
const clock = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
for (const time of document.querySelectorAll("time[data-minutes]")) {
  const start = new Date(time.dateTime);
  const parts = Object.fromEntries(clock.formatToParts(start).map((part) => [part.type, part.value]));
  const over = start.getTime() + time.dataset.minutes * 60000 < Date.now();
  if (over) time.after(element("span", { class: "own" }, "This has taken place."));
  else if (!time.textContent.includes(`${parts.hour}:${parts.minute}`)) {
    time.after(element("span", { class: "own" }, `${clock.format(start)} on your clock`));
  }
}

// Calendars subscribe by an address of their own; a file that lies in a folder can only be opened.
if (location.protocol.startsWith("http")) {
  for (const link of document.querySelectorAll("a.calendar")) link.href = link.href.replace(/^https?:/, "webcal:");
}

const form = document.getElementById("search");
if (form) {
  const [field, said, list, rest] = ["q", "found", "results", "browse"].map((id) => document.getElementById(id));
  const MOST = 100;
  let rows = null;

  const SPELLED = { ł: "l", ø: "o", đ: "d", ß: "ss", æ: "ae", œ: "oe", ı: "i" };
  const fold = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/[łøđßæœı]/g, (letter) => SPELLED[letter]);
  const words = (text) => fold(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);

  // The index is a script of its own, fetched when somebody begins to search.
  let asked = null;
  const index = () => asked ??= new Promise((resolve, reject) => {
    const script = element("script", { src: `${ROOT}search.js` });
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  }).then(() => {
    rows = TALKS.map(([number, title, date, speakers, topics, more]) => ({
      number, title, date, speakers,
      fields: [[title, 8], [speakers, 6], [topics, 4], [date, 3], [more, 1]].map(([text, weight]) => [` ${words(text).join(" ")}`, weight]),
    }));
  });

  // Every word must begin a word of the talk; a whole word in its title counts most.
  const score = (row, wanted) => {
    let sum = 0;
    for (const word of wanted) {
      const best = Math.max(0, ...row.fields.map(([text, weight]) =>
        `${text} `.includes(` ${word} `) ? weight : text.includes(` ${word}`) ? weight / 2 : 0));
      if (!best) return 0;
      sum += best;
    }
    return sum;
  };

  const show = () => {
    const wanted = words(field.value);
    rest.hidden = wanted.length > 0;
    const found = wanted.length
      ? rows.map((row) => [score(row, wanted), row]).filter(([points]) => points).sort((a, b) => b[0] - a[0])
      : [];
    said.textContent = wanted.length ? (found.length === 1 ? "1 talk" : `${found.length || "No"} talks`) : "";
    list.replaceChildren(...found.slice(0, MOST).map(([, row]) => element("li", {},
      element("span", { class: "day" }, row.date),
      element("div", {},
        element("a", { class: "title", href: `${ROOT}talks/${row.number}.html` }, row.title),
        ...(row.speakers ? [element("p", {}, row.speakers)] : [])))));
  };

  const look = () => index().then(show, () => { said.textContent = "The search cannot be loaded."; });
  form.hidden = false;
  form.addEventListener("submit", (event) => { event.preventDefault(); look(); });
  field.addEventListener("focus", index, { once: true });
  field.addEventListener("input", look);
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  if (field.value) look();
}
