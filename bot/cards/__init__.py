"""What the bot says, as plain data: pure functions from nouns to cards. All wording lives here."""

from bot.cards.base import Button, Card, Field, NativeEvent, Said, Thread

__all__ = ["Button", "Card", "Field", "NativeEvent", "Said", "Thread"]
