def readable(text: str) -> str:
    return text
