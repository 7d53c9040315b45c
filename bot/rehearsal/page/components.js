// Buttons and selects under a message.

import { avatar, h, icon, link, toast } from "./dom.js";
import { call, guildNow, person } from "./store.js";
import { markdown } from "./markdown.js";
import { openForm } from "./modal.js";
import { closePopup, popup } from "./popup.js";

const ROW = 1, BUTTON = 2, TEXT_SELECT = 3, SECTION = 9, TEXT = 10, SEPARATOR = 14, CONTAINER = 17;
const LOOKS = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary" };

export const emojiText = (emoji) => (emoji ? (emoji.id ? `:${emoji.name}:` : emoji.name) : "");

export function components(message) {
  return (message.components ?? []).map((one) => component(message, one));
}

function component(message, data) {
  switch (data.type) {
    case ROW: return h("div", { class: "row" }, data.components.map((one) => component(message, one)));
    case BUTTON: return button(message, data);
    case TEXT: return h("div", { class: "text" }, markdown(data.content));
    case SEPARATOR: return h("hr");
    case SECTION: return h("div", { class: "section" }, h("div", {}, data.components.map((one) => component(message, one))), data.accessory && component(message, data.accessory));
    case CONTAINER: return h("div", { class: "embed" }, data.components.map((one) => component(message, one)));
    default: return data.type >= TEXT_SELECT && data.type <= 8 ? select(message, data) : null;
  }
}

function button(message, data) {
  const shown = [data.emoji && h("span", { class: "emoji" }, emojiText(data.emoji)), data.label];
  if (data.url) {
    const out = link(data.url, shown, icon("link"));
    out.classList.add("button", "secondary");
    return out;
  }
  const label = data.label ?? emojiText(data.emoji);
  const press = async (event) => {
    const pressed = event.currentTarget;
    await deed(pressed, "press", { channel: message.channel_id, message: message.id, custom_id: data.custom_id }, label);
  };
  return h("button", { type: "button", class: `button ${LOOKS[data.style] ?? "secondary"}`, disabled: Boolean(data.disabled), "aria-label": label, onclick: press }, shown);
}

// Do something to the bot: the control shows that it waits, a form opens if one is the answer.
export async function deed(control, name, details, label) {
  control?.classList.add("busy");
  control?.setAttribute("aria-busy", "true");
  try {
    const answer = await call(name, details);
    if (answer?.kind === "modal") openForm(answer);
    return answer;
  } catch (error) {
    toast(error.message === "The application did not respond" ? `${label}: this interaction failed. The bot did not answer within 3 seconds.` : error.message);
    return null;
  } finally {
    control?.classList.remove("busy");
    control?.removeAttribute("aria-busy");
  }
}

// What a select offers: its own options, or people, roles and channels.
export function choices(data) {
  const guild = guildNow();
  const people = () => (guild?.members ?? []).map(({ id }) => ({ value: { user: id }, key: id, label: person(id).name, lead: avatar(person(id), "small") }));
  const roles = () => (guild?.roles ?? []).map(({ id, name }) => ({ value: { role: id }, key: id, label: name, lead: "@" }));
  const channels = () => (guild?.channels ?? [])
    .filter(({ kind }) => (data.channel_types ? data.channel_types.includes(kind) : kind !== 4))
    .map(({ id, name }) => ({ value: { channel: id }, key: id, label: name, lead: "#" }));
  switch (data.type) {
    case TEXT_SELECT: return data.options.map((one) => ({ value: one.value, key: one.value, label: one.label, detail: one.description, lead: emojiText(one.emoji), chosen: one.default }));
    case 5: return people();
    case 6: return roles();
    case 7: return [...people(), ...roles()];
    default: return channels();
  }
}

function select(message, data) {
  const options = choices(data);
  const chosen = options.filter((option) => option.chosen);
  const send = (control, picked) => deed(control, "choose", {
    channel: message.channel_id, message: message.id, custom_id: data.custom_id, values: picked.map((option) => option.value),
  }, data.placeholder ?? "The menu");
  return chooser({ options, chosen, placeholder: data.placeholder ?? "Make a selection", least: data.min_values ?? 1, most: data.max_values ?? 1, disabled: data.disabled, done: send });
}

// A control that opens a list; with `most` above one, several can be ticked.
export function chooser({ options, chosen = [], placeholder, least = 1, most = 1, disabled = false, done }) {
  let picked = [...chosen];
  const text = h("span", { class: "chosen" });
  const describe = () => {
    text.textContent = picked.length ? picked.map((option) => option.label).join(", ") : placeholder;
    text.classList.toggle("placeholder", !picked.length);
  };
  const openList = () => {
    const rows = options.map((option) => {
      const row = h("button", { type: "button", role: "option", "aria-selected": String(picked.includes(option)), onclick: () => toggle(option, row) },
        option.lead && h("span", { class: "emoji" }, option.lead), h("span", { class: "two" }, h("span", {}, option.label), option.detail && h("small", {}, option.detail)), h("span", { class: "tick" }, icon("check")));
      return row;
    });
    const confirm = most > 1 && h("button", { type: "button", class: "button primary", onclick: finish }, "Done");
    const shown = popup(control, [h("div", { class: "options", role: "listbox", "aria-multiselectable": String(most > 1) }, rows), confirm], { label: placeholder, role: "dialog", className: "select-list" });
    shown.style.setProperty("min-width", `${control.offsetWidth}px`);
  };
  const toggle = (option, row) => {
    if (most === 1) {
      picked = [option];
      finish();
      return;
    }
    if (picked.includes(option)) picked = picked.filter((one) => one !== option);
    else if (picked.length < most) picked.push(option);
    row.setAttribute("aria-selected", String(picked.includes(option)));
    describe();
  };
  const finish = () => {
    if (picked.length < least) {
      toast(`Pick at least ${least}.`);
      return;
    }
    closePopup();
    describe();
    done(control, picked);
  };
  const control = h("button", { type: "button", class: "chooser", "aria-haspopup": "listbox", disabled: Boolean(disabled), onclick: openList }, text, icon("down"));
  describe();
  return control;
}
