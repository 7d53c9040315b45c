// Embeds and attachments. Pictures from elsewhere are not fetched: the page loads nothing from the network.

import { h, icon, link } from "./dom.js";
import { inline, markdown } from "./markdown.js";
import { written } from "./clock.js";

export function embed(data) {
  const color = data.color === undefined ? null : `#${data.color.toString(16).padStart(6, "0")}`;
  const { author, title, url, description, fields = [], image, thumbnail, footer, timestamp } = data;
  return h("div", { class: "embed", css: color ? { "--bar": color } : {} },
    author?.name && h("div", { class: "embed-author" }, author.url ? link(author.url, author.name) : author.name),
    title && h("div", { class: "embed-title" }, url ? link(url, inline(title)) : inline(title)),
    description && h("div", { class: "embed-text" }, markdown(description)),
    fields.length > 0 && h("div", { class: "embed-fields" }, rows(fields)),
    [image, thumbnail].map((picture) => picture?.url && pictureOf(picture.url)),
    (footer?.text || timestamp) && h("div", { class: "embed-footer" }, footer?.text, footer?.text && timestamp && " · ", timestamp && written(timestamp)));
}

// Up to three inline fields share a row.
function rows(fields) {
  const out = [];
  let row = [];
  const close = () => {
    for (const field of row) field.style.setProperty("--span", String(12 / row.length));
    out.push(...row.splice(0));
  };
  for (const field of fields) {
    const element = h("div", { class: "embed-field" }, h("div", { class: "field-name" }, inline(field.name)), h("div", { class: "field-value" }, markdown(field.value)));
    if (!field.inline) {
      close();
      element.style.setProperty("--span", "12");
      out.push(element);
    } else if (row.push(element) === 3) close();
  }
  close();
  return out;
}

function pictureOf(url) {
  const own = url.startsWith(location.origin) || url.startsWith("data:image/");
  return own ? h("img", { src: url, alt: "", loading: "lazy" }) : h("div", { class: "picture" }, icon("link"), link(url, "picture"));
}

export function attachment(data) {
  if (data.content_type?.startsWith("image/") && data.url.startsWith(location.origin)) {
    return h("img", { class: "attached", src: data.url, alt: data.description ?? data.filename, loading: "lazy" });
  }
  const size = data.size < 1024 ? `${data.size} B` : `${(data.size / 1024).toFixed(1)} kB`;
  return h("div", { class: "file" }, icon("link"), h("a", { href: data.url, download: data.filename }, data.filename), h("small", {}, size));
}
