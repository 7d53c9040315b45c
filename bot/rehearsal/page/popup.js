// Small things that float: menus, the emoji picker. One at a time, closed by Escape or a press elsewhere.

import { h } from "./dom.js";

let open = null;

export function closePopup() {
  open?.remove();
  open = null;
}

document.addEventListener("pointerdown", (event) => {
  if (open && !open.contains(event.target)) closePopup();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && open) {
    event.stopPropagation();
    const { opener } = open;
    closePopup();
    opener?.focus?.();
  }
}, true);

// Show `content` near `anchor` (an element, or {x, y}); arrow keys walk its buttons.
export function popup(anchor, content, { label = "Menu", role = "menu", className = "" } = {}) {
  closePopup();
  open = h("div", { class: `popup ${className}`, role, "aria-label": label }, content);
  open.opener = document.activeElement;
  document.body.append(open);
  const box = anchor.getBoundingClientRect?.() ?? { left: anchor.x, right: anchor.x, top: anchor.y, bottom: anchor.y };
  const { offsetWidth: width, offsetHeight: height } = open;
  const left = Math.max(8, Math.min(box.left, innerWidth - width - 8));
  const below = box.bottom + 4 + height < innerHeight - 8;
  open.style.setProperty("left", `${left}px`);
  open.style.setProperty("top", `${below ? box.bottom + 4 : Math.max(8, box.top - height - 4)}px`);
  open.addEventListener("keydown", walk);
  (open.querySelector("input") ?? open.querySelector("button:not(:disabled)"))?.focus();
  return open;
}

function walk(event) {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step || (event.target.tagName === "INPUT" && event.key.startsWith("ArrowL"))) return;
  const buttons = [...open.querySelectorAll("button:not(:disabled)")];
  const at = buttons.indexOf(document.activeElement);
  buttons[(at + step + buttons.length) % buttons.length]?.focus();
  event.preventDefault();
}

// Entries are [label, action, {icon, danger, detail}], or null for a line between.
export function menu(anchor, entries, label) {
  const items = entries.map((entry) => {
    if (!entry) return h("hr");
    const [text, act, { danger, detail, lead } = {}] = entry;
    const choose = () => {
      closePopup();
      act();
    };
    return h("button", { type: "button", role: "menuitem", class: danger ? "danger" : "", onclick: choose },
      lead, h("span", {}, text), detail && h("small", {}, detail));
  });
  return popup(anchor, items, { label });
}

const EMOJIS = [..."👍👎❤️🎉🚀👀🔥💡🙏👏🤔😂😄😮😢💯✅❌❓📌📄📚🧠⚡🌱☕🏆🎓"]
  .reduce((list, letter) => (/\p{M}|\uFE0F/u.test(letter) ? [...list.slice(0, -1), list.at(-1) + letter] : [...list, letter]), []);

export function emojiPicker(anchor, choose) {
  const take = (emoji) => {
    closePopup();
    choose(emoji);
  };
  const other = h("input", { placeholder: "or any emoji…", "aria-label": "Another emoji", maxlength: "20" });
  const form = h("form", { onsubmit: (event) => {
    event.preventDefault();
    if (other.value.trim()) take(other.value.trim());
  } }, other);
  const grid = EMOJIS.map((emoji) => h("button", { type: "button", onclick: () => take(emoji), "aria-label": emoji }, emoji));
  const shown = popup(anchor, [h("div", { class: "emoji-grid" }, grid), form], { label: "Pick an emoji", role: "dialog", className: "emojis" });
  shown.querySelector("button")?.focus();
}
