// A slash command being filled in: one box an option, with the help that its type allows.

import { avatar, h, toast } from "./dom.js";
import { inZone, now, timestamp, WALL } from "./clock.js";
import { call, guildNow, person, store, viewerZone } from "./store.js";
import { hideSuggestions, suggest, suggestionKey } from "./composer.js";

const STRING = 3, INTEGER = 4, BOOLEAN = 5, USER = 6, CHANNEL = 7, ROLE = 8, MENTIONABLE = 9, NUMBER = 10, FILE = 11;
const PAUSE = 150; // milliseconds of silence before the bot is asked for suggestions

// Commands with their sub-commands as lines of their own: "session plan".
export function flatten(commands) {
  const lines = [];
  const walk = (command, name, options, description) => {
    const inner = options.filter((option) => option.type <= 2);
    if (!inner.length) lines.push({ name, description, options, command });
    for (const option of inner) walk(command, `${name} ${option.name}`, option.options ?? [], option.description);
  };
  for (const command of commands) walk(command, command.name, command.options ?? [], command.description);
  return lines.sort((one, two) => one.name.localeCompare(two.name));
}

export class SlashForm {
  constructor(command, { values, submit, cancel }) {
    Object.assign(this, { command, onSubmit: submit, onCancel: cancel, fields: [] });
    this.more = h("div", { class: "more" });
    this.element = h("div", { class: "slash", role: "group", "aria-label": `/${command.name}` }, h("span", { class: "chip" }, `/${command.name}`), this.more);
    for (const option of command.options) if (option.required || option.name in values) this.add(option, values[option.name]);
    if (!this.fields.length && command.options.length === 1) this.add(command.options[0]);
    this.drawMore();
  }

  focus() {
    const empty = this.fields.find((field) => !field.input.value);
    const target = empty?.input ?? this.fields.at(-1)?.input ?? this.element;
    if (target === this.element) {
      this.element.tabIndex = 0;
      this.element.addEventListener("keydown", (event) => this.key(event, null));
    }
    target.focus();
  }

  drawMore() {
    const left = this.command.options.filter((option) => !this.fields.some((field) => field.option === option));
    this.more.replaceChildren(...left.map((option) => h("button", { type: "button", class: "add-option", title: option.description, onclick: () => this.add(option).input.focus() }, `+ ${option.name}`)));
  }

  add(option, value) {
    const input = h("input", { id: `option-${option.name}`, type: option.type === FILE ? "file" : "text", autocomplete: "off", role: option.type === FILE ? undefined : "combobox", "aria-controls": "suggestions", "aria-expanded": "false", "aria-label": `${option.name}: ${option.description}`, "aria-required": String(Boolean(option.required)), maxlength: String(option.max_length ?? 6000), inputmode: option.type === INTEGER ? "numeric" : undefined, size: "6" });
    const field = { option, input, chosen: null };
    field.element = h("label", { class: "option", title: option.description }, h("span", {}, option.name), input);
    if (value !== undefined) this.choose(field, typeof value === "object" ? value : { title: String(value), value });
    input.addEventListener("input", () => {
      field.chosen = null;
      this.resize(field);
      this.help(field);
    });
    input.addEventListener("focus", () => this.help(field));
    input.addEventListener("blur", hideSuggestions);
    input.addEventListener("keydown", (event) => this.key(event, field));
    this.fields.push(field);
    this.more.before(field.element);
    this.drawMore();
    return field;
  }

  remove(field) {
    field.element.remove();
    this.fields = this.fields.filter((one) => one !== field);
    this.drawMore();
    this.focus();
  }

  resize({ input }) {
    input.size = Math.min(60, Math.max(6, input.value.length + 1));
  }

  key(event, field) {
    if (field && suggestionKey(event)) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.onCancel();
    } else if (event.key === "Backspace" && (!field || !field.input.value)) {
      event.preventDefault();
      if (field && !field.option.required) this.remove(field);
      else if (!field || field === this.fields[0]) this.onCancel(`/${this.command.name}`);
    }
  }

  choose(field, entry) {
    field.input.value = entry.title;
    field.chosen = entry;
    field.element.classList.remove("wrong");
    this.resize(field);
  }

  take(field, entry) {
    clearTimeout(this.asking);
    this.choose(field, entry);
    hideSuggestions();
    const next = this.fields.find((one) => !one.input.value);
    (next ?? field).input.focus();
    if (!next) hideSuggestions();
  }

  // -- what an option can be

  help(field) {
    if (field.chosen) {
      hideSuggestions();
      return;
    }
    const typed = field.input.value.toLowerCase();
    const pick = (entry) => this.take(field, entry);
    const local = this.entries(field.option);
    clearTimeout(this.asking);
    if (field.option.autocomplete) {
      hideSuggestions(); // what was suggested for other words must not be taken for these
      this.asking = setTimeout(() => this.ask(field), PAUSE);
    }
    else if (local) suggest(local.filter((entry) => entry.title.toLowerCase().includes(typed)).slice(0, 25), pick, field.option.description);
    else suggest(field.option.type === STRING ? dates(field, typed) : [], pick, field.option.description);
  }

  entries({ type, choices, channel_types: kinds }) {
    const guild = guildNow();
    const people = () => (guild?.members ?? []).map(({ id }) => ({ title: person(id).name, detail: `@${person(id).username}`, lead: avatar(person(id), "small"), value: { user: id } }));
    const roles = () => (guild?.roles ?? []).map(({ id, name }) => ({ title: name, value: { role: id } }));
    if (choices) return choices.map(({ name, value }) => ({ title: name, value }));
    switch (type) {
      case BOOLEAN: return [{ title: "True", value: true }, { title: "False", value: false }];
      case USER: return people();
      case ROLE: return roles();
      case MENTIONABLE: return [...people(), ...roles()];
      case CHANNEL: return (guild?.channels ?? []).filter(({ kind }) => (kinds ? kinds.includes(kind) : true)).map(({ id, name }) => ({ title: name, lead: "#", value: { channel: id } }));
      default: return null;
    }
  }

  async ask(field) {
    const typed = field.input.value;
    const others = this.fields.filter((one) => one !== field && one.input.value && this.value(one) !== undefined);
    const options = Object.fromEntries(others.map((one) => [one.option.name, this.value(one)]));
    try {
      const found = await call("complete", { channel: store.channel, command: this.command.name, options, option: field.option.name, typed });
      if (field.chosen || field.input.value !== typed || document.activeElement !== field.input) return;
      suggest(found.map(({ name, value }) => ({ title: name, value })), (entry) => this.take(field, entry), found.length ? null : field.option.description);
    } catch {
      suggest([], () => {}, "The bot made no suggestions in time.");
    }
  }

  value({ option, input, chosen }) {
    if (chosen) return chosen.value;
    const text = input.value.trim();
    const entries = this.entries(option);
    if (entries) return entries.find((entry) => entry.title.toLowerCase() === text.toLowerCase())?.value;
    if (option.type === INTEGER || option.type === NUMBER) return text && !Number.isNaN(Number(text)) ? Number(text) : undefined;
    return text || undefined;
  }

  async submit() {
    const options = {};
    for (const field of this.fields) {
      const value = field.option.type === FILE ? await fileValue(field.input) : this.value(field);
      const wrong = value === undefined && (field.option.required || field.input.value);
      field.element.classList.toggle("wrong", Boolean(wrong));
      if (wrong) {
        field.input.focus();
        toast(field.input.value ? `${field.option.name}: “${field.input.value}” is not one of them.` : `${field.option.name} is needed.`);
        return;
      }
      if (value !== undefined) options[field.option.name] = value;
    }
    clearTimeout(this.asking);
    hideSuggestions();
    this.onSubmit(this.command, options);
  }
}

// Discord's client offers a date picker behind “@time”; here a few dates are at hand for options that ask when.
function dates({ option }, typed) {
  if (typed || !/^(when|date|at|until|day|start)$/.test(option.name)) return [];
  const next = new Date(now());
  next.setUTCMinutes(0, 0, 0);
  return [1, 3, 7, 14].map((days) => {
    const instant = next.getTime() + days * 86400000;
    return { title: inZone(instant, viewerZone(), WALL), value: `<t:${instant / 1000}:F>`, detail: timestamp(instant / 1000, "R") };
  });
}

async function fileValue(input) {
  const file = input.files[0];
  if (!file) return undefined;
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return { file: file.name, data: btoa(text) };
}
