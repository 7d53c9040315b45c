"""How Discord says no: its error codes, and the form errors that name each bad field."""

from __future__ import annotations

from enum import Enum
from typing import Any

JSON = dict[str, Any]


class DiscordError(Exception):
    """A refusal as the REST API words it: HTTP `status`, Discord's `code` and `message`, and for forms the fields."""

    def __init__(self, status: int, code: int, message: str, errors: JSON | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message, self.errors = status, code, message, errors
        self.headers: dict[str, str] = {}
        self.extra: JSON = {}

    def body(self) -> JSON:
        """The reply's JSON."""
        body: JSON = {"message": self.message, "code": self.code} | self.extra
        return body | {"errors": self.errors} if self.errors else body


class Refusal(Enum):
    """Discord's own codes and words (its documentation, "Opcodes and Status Codes"), with the HTTP status."""

    NOT_FOUND = (0, 404, "404: Not Found")
    UNAUTHORIZED = (0, 401, "401: Unauthorized")
    METHOD = (0, 405, "405: Method Not Allowed")
    UNKNOWN_APPLICATION = (10002, 404, "Unknown Application")
    UNKNOWN_CHANNEL = (10003, 404, "Unknown Channel")
    UNKNOWN_GUILD = (10004, 404, "Unknown Guild")
    UNKNOWN_MEMBER = (10007, 404, "Unknown Member")
    UNKNOWN_MESSAGE = (10008, 404, "Unknown Message")
    UNKNOWN_OVERWRITE = (10009, 404, "Unknown Overwrite")
    UNKNOWN_ROLE = (10011, 404, "Unknown Role")
    UNKNOWN_USER = (10013, 404, "Unknown User")
    UNKNOWN_EMOJI = (10014, 400, "Unknown Emoji")
    UNKNOWN_WEBHOOK = (10015, 404, "Unknown Webhook")
    UNKNOWN_BAN = (10026, 404, "Unknown Ban")
    UNKNOWN_INTERACTION = (10062, 404, "Unknown interaction")
    UNKNOWN_COMMAND = (10063, 404, "Unknown application command")
    UNKNOWN_EVENT = (10070, 404, "Unknown Guild Scheduled Event")
    TOO_MANY_PINS = (30003, 400, "Maximum number of pinned messages reached (250)")
    TOO_MANY_REACTIONS = (30010, 400, "Maximum number of reactions reached (20)")
    TOO_MANY_CHANNELS = (30013, 400, "Maximum number of server channels reached (500)")
    TOO_MANY_COMMANDS = (30032, 400, "Maximum number of application commands reached (100)")
    TOO_MANY_COMMAND_CREATES = (
        30034,
        400,
        "Max number of daily application command creates has been reached (200)",
    )
    TOO_MANY_EVENTS = (30038, 400, "Maximum number of guild scheduled events reached (100)")
    OPENING_DMS_TOO_FAST = (40003, 429, "You are opening direct messages too fast")
    TOO_LARGE = (40005, 413, "Request entity too large")
    ALREADY_ACKNOWLEDGED = (40060, 400, "Interaction has already been acknowledged.")
    BAD_USER_AGENT = (40333, 403, "internal network error")
    MISSING_ACCESS = (50001, 403, "Missing Access")
    WRONG_ACCOUNT_TYPE = (50002, 403, "Invalid account type")
    NOT_IN_DM = (50003, 403, "Cannot execute action on a DM channel")
    NOT_THE_AUTHOR = (50005, 403, "Cannot edit a message authored by another user")
    EMPTY_MESSAGE = (50006, 400, "Cannot send an empty message")
    DM_CLOSED = (50007, 403, "Cannot send messages to this user")
    NOT_A_TEXT_CHANNEL = (50008, 400, "Cannot send messages in a non-text channel")
    MISSING_PERMISSIONS = (50013, 403, "Missing Permissions")
    BULK_DELETE_COUNT = (
        50016,
        400,
        "Provided too few or too many messages to delete. Must provide at least 2 and at most 100",
    )
    PIN_ELSEWHERE = (50019, 400, "A message can only be pinned to the channel it was sent in")
    SYSTEM_MESSAGE = (50021, 403, "Cannot execute action on a system message")
    CHANNEL_TYPE = (50024, 400, "Cannot execute action on this channel type")
    BAD_WEBHOOK_TOKEN = (50027, 401, "Invalid Webhook Token")
    TOO_OLD_TO_BULK_DELETE = (50034, 400, "You can only bulk delete messages that are under 14 days old.")
    MALFORMED_JSON = (50109, 400, "The request body contains invalid JSON.")
    ARCHIVED_THREAD = (50083, 400, "Thread is archived")
    NO_HISTORY_FOR_REPLY = (160002, 403, "Cannot reply without permission to read message history")
    THREAD_EXISTS = (160004, 400, "A thread has already been created for this message")
    THREAD_LOCKED = (160005, 403, "Thread is locked")
    EVENT_IS_OVER = (180000, 400, "Cannot update a finished event")

    def error(self) -> DiscordError:
        """The exception to raise."""
        code, status, message = self.value
        return DiscordError(status, code, message)


class Form:
    """Gathers what is wrong with a body, field by field, as Discord's 50035 tells it.

    Paths are dotted, list items by index: `embeds.0.fields.3.name`.
    """

    def __init__(self) -> None:
        self._errors: JSON = {}

    def fault(self, path: str, code: str, message: str) -> None:
        """Note one error."""
        at = self._errors
        for step in path.split("."):
            at = at.setdefault(step, {})
        at.setdefault("_errors", []).append({"code": code, "message": message})

    def length(self, path: str, value: object, low: int, high: int) -> None:
        """A text's or list's size must be within bounds; None is as empty."""
        if value is not None and not isinstance(value, str | list | tuple):
            self.fault(path, "BASE_TYPE_CONVERT", f"Could not interpret {value!r:.50} as text or list.")
            return
        size = 0 if value is None else len(value)
        kind = "in length" if isinstance(value, str) else "in size"
        if low and not size:
            self.fault(path, "BASE_TYPE_REQUIRED", "This field is required")
        elif low and not low <= size <= high:
            self.fault(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} {kind}.")
        elif size > high:
            self.fault(path, "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer {kind}.")

    def choice(self, path: str, value: object, allowed: tuple[object, ...]) -> None:
        """A value must be one of a few."""
        if value not in allowed:
            listed = ", ".join(str(item) for item in allowed)
            self.fault(path, "BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.")

    def check(self) -> None:
        """Raise 50035 if anything was noted."""
        if self._errors:
            raise self.error()

    def error(self) -> DiscordError:
        """All that was noted, as the exception to raise."""
        return DiscordError(400, 50035, "Invalid Form Body", self._errors)


def bad_form(path: str, code: str, message: str) -> DiscordError:
    """The 50035 for a single field."""
    form = Form()
    form.fault(path, code, message)
    return form.error()
