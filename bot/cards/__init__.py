"""What the bot says, as plain data: pure functions from nouns to cards. All wording lives here."""

from bot.cards.base import Attachment, Button, Card, Field, NativeEvent, Said, Thread
from bot.cards.forms import Form, Input, Option, Select

__all__ = [
    "Attachment",
    "Button",
    "Card",
    "Field",
    "Form",
    "Input",
    "NativeEvent",
    "Option",
    "Said",
    "Select",
    "Thread",
]
