"""Discord's limits on messages: lengths, counts, embeds, components. Everything ends in one 50035."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from bot.rehearsal.errors import JSON, Form

CONTENT = 2000
EMBEDS = 10
EMBED_TOTAL = 6000
_ROWS = 5
_SELECTS = {3: "string", 5: "user", 6: "role", 7: "mentionable", 8: "channel"}
_BUTTON, _ROW, _TEXT_INPUT, _LABEL, _TEXT = 2, 1, 4, 18, 10
_LINK, _PREMIUM = 5, 6


def message(body: JSON) -> None:
    """Check what a message is to consist of; raises 50035 with every fault found."""
    form = Form()
    form.length("content", body.get("content"), 0, CONTENT)
    embeds = body.get("embeds") or []
    form.length("embeds", embeds, 0, EMBEDS)
    for index, embed in enumerate(embeds):
        _embed(form, f"embeds.{index}", embed)
    if sum(map(embed_size, embeds)) > EMBED_TOTAL:
        form.fault("embeds", "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {EMBED_TOTAL}")
    rows(form, body.get("components") or [])
    nonce = body.get("nonce")
    if isinstance(nonce, str):
        form.length("nonce", nonce, 0, 25)
    _mentions(form, body.get("allowed_mentions") or {})
    form.check()


def embed_size(embed: JSON) -> int:
    """The characters that count towards the 6000."""
    texts = [embed.get("title"), embed.get("description")]
    texts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for entry in embed.get("fields") or []:
        texts += [entry.get("name"), entry.get("value")]
    return sum(len(text.strip()) for text in texts if text)


def _embed(form: Form, at: str, embed: JSON) -> None:
    form.length(f"{at}.title", embed.get("title"), 0, 256)
    form.length(f"{at}.description", embed.get("description"), 0, 4096)
    form.length(f"{at}.footer.text", (embed.get("footer") or {}).get("text"), 0, 2048)
    form.length(f"{at}.author.name", (embed.get("author") or {}).get("name"), 0, 256)
    entries = embed.get("fields") or []
    form.length(f"{at}.fields", entries, 0, 25)
    for index, entry in enumerate(entries):
        form.length(f"{at}.fields.{index}.name", (entry.get("name") or "").strip(), 1, 256)
        form.length(f"{at}.fields.{index}.value", (entry.get("value") or "").strip(), 1, 1024)
    links = {
        "url": embed.get("url"),
        "author.url": (embed.get("author") or {}).get("url"),
        "image.url": (embed.get("image") or {}).get("url"),
        "thumbnail.url": (embed.get("thumbnail") or {}).get("url"),
    }
    for path, link in links.items():
        _url(form, f"{at}.{path}", link, schemes=("http", "https", "attachment"))


def _url(form: Form, at: str, link: Any, *, schemes: tuple[str, ...]) -> None:
    if link is None:
        return
    form.length(at, link, 0, 2048)
    scheme = urlsplit(str(link)).scheme
    if scheme not in schemes:
        message = f'Scheme "{scheme}" is not supported. Scheme must be one of {schemes!r}.'
        form.fault(at, "URL_TYPE_INVALID_SCHEME", message)


def _mentions(form: Form, allowed: JSON) -> None:
    for kind in ("users", "roles"):
        ids = allowed.get(kind)
        form.length(f"allowed_mentions.{kind}", ids, 0, 100)
        if ids and kind in (allowed.get("parse") or []):
            form.fault(
                "allowed_mentions",
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.',
            )


def rows(form: Form, components: list[JSON]) -> None:
    """Action rows of a message."""
    form.length("components", components, 0, _ROWS)
    seen: set[str] = set()
    for index, row in enumerate(components):
        at = f"components.{index}"
        form.choice(f"{at}.type", row.get("type"), (_ROW,))
        items = row.get("components") or []
        form.length(f"{at}.components", items, 1, 5)
        selects = [item for item in items if item.get("type") in _SELECTS]
        if selects and len(items) > 1:
            form.fault(
                f"{at}.components",
                "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
                "The specified component exceeds the maximum width",
            )
        for number, item in enumerate(items):
            _item(form, f"{at}.components.{number}", item, seen)


def _item(form: Form, at: str, item: JSON, seen: set[str]) -> None:
    if item.get("type") == _BUTTON:
        _button(form, at, item)
    elif item.get("type") in _SELECTS:
        _select(form, at, item)
    else:
        form.choice(f"{at}.type", item.get("type"), (_BUTTON, *_SELECTS))
    _custom_id(form, at, item, seen)


def _custom_id(form: Form, at: str, item: JSON, seen: set[str]) -> None:
    wanted = not (item.get("type") == _BUTTON and item.get("style") in {_LINK, _PREMIUM})
    custom_id = item.get("custom_id")
    if not wanted:
        if custom_id is not None:
            form.fault(
                f"{at}.custom_id",
                "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                "A custom id and url cannot both be specified",
            )
        return
    form.length(f"{at}.custom_id", custom_id, 1, 100)
    if custom_id in seen:
        form.fault(
            f"{at}.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
        )
    seen.add(str(custom_id))


def _button(form: Form, at: str, item: JSON) -> None:
    form.choice(f"{at}.style", item.get("style"), (1, 2, 3, 4, 5, 6))
    form.length(f"{at}.label", item.get("label"), 0, 80)
    if not item.get("label") and not item.get("emoji") and item.get("style") != _PREMIUM:
        form.fault(at, "BUTTON_COMPONENT_EMOJI_OR_LABEL_REQUIRED", "A button requires an emoji or a label")
    if item.get("style") == _LINK:
        if not item.get("url"):
            form.fault(f"{at}.url", "BASE_TYPE_REQUIRED", "This field is required")
        else:
            form.length(f"{at}.url", item["url"], 0, 512)
            _url(form, f"{at}.url", item["url"], schemes=("http", "https", "discord"))


def _select(form: Form, at: str, item: JSON) -> None:
    form.length(f"{at}.placeholder", item.get("placeholder"), 0, 150)
    options = item.get("options") or []
    if item["type"] == 3:
        form.length(f"{at}.options", options, 1, 25)
        values = [option.get("value") for option in options]
        if len(set(values)) != len(values):
            form.fault(
                f"{at}.options",
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            )
    for index, option in enumerate(options):
        form.length(f"{at}.options.{index}.label", option.get("label"), 1, 100)
        form.length(f"{at}.options.{index}.value", option.get("value"), 1, 100)
        form.length(f"{at}.options.{index}.description", option.get("description"), 0, 100)
    low, high = item.get("min_values", 1), item.get("max_values", 1)
    if not 0 <= low <= 25 or not 1 <= high <= 25 or low > high:
        form.fault(
            f"{at}.min_values",
            "NUMBER_TYPE_MAX",
            "min_values and max_values must lie in 0..25 and be in order.",
        )
    if item["type"] == 3 and options and high > len(options):
        form.fault(
            f"{at}.max_values",
            "SELECT_COMPONENT_MAX_VALUES_TOO_LARGE",
            "max_values exceeds the number of options",
        )


def modal(data: JSON) -> None:
    """Check a modal: title, 1-5 rows or labels, text inputs; raises 50035."""
    form = Form()
    form.length("data.title", data.get("title"), 1, 45)
    form.length("data.custom_id", data.get("custom_id"), 1, 100)
    tops = data.get("components") or []
    form.length("data.components", tops, 1, 5)
    seen: set[str] = set()
    for index, top in enumerate(tops):
        at = f"data.components.{index}"
        form.choice(f"{at}.type", top.get("type"), (_ROW, _LABEL, _TEXT))
        if top.get("type") == _LABEL:
            form.length(f"{at}.label", top.get("label"), 1, 45)
            form.length(f"{at}.description", top.get("description"), 0, 100)
            _field(form, f"{at}.component", top.get("component") or {}, seen, labelled=True)
        elif top.get("type") == _ROW:
            form.length(f"{at}.components", top.get("components"), 1, 1)
            for item in (top.get("components") or [])[:1]:
                _field(form, f"{at}.components.0", item, seen, labelled=False)
    form.check()


def _field(form: Form, at: str, item: JSON, seen: set[str], *, labelled: bool) -> None:
    if item.get("type") == _TEXT_INPUT:
        form.choice(f"{at}.style", item.get("style"), (1, 2))
        if not labelled:
            form.length(f"{at}.label", item.get("label"), 1, 45)
        form.length(f"{at}.placeholder", item.get("placeholder"), 0, 100)
        form.length(f"{at}.value", item.get("value"), 0, 4000)
        low, high = item.get("min_length") or 0, item.get("max_length") or 4000
        if not 0 <= low <= 4000 or not 1 <= high <= 4000 or low > high:
            form.fault(
                f"{at}.max_length", "NUMBER_TYPE_MAX", "int value should be less than or equal to 4000."
            )
    elif item.get("type") in _SELECTS and labelled:
        _select(form, at, item)
    elif not labelled:
        form.choice(f"{at}.type", item.get("type"), (_TEXT_INPUT,))
    _custom_id(form, at, item, seen)
