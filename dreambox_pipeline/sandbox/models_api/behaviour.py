"""How the language model behind the double behaves, so that bad days can be tested.

A mode may name a word behind a colon: `refuse:whale` refuses comments with a whale in them and
answers all others as usual.
"""

from dataclasses import dataclass

RESPONSE_MODES = (
    "normal", "refuse", "truncate", "echo", "hostile", "unreadable", "no_quota", "forbidden",
)  # fmt: skip
"""`echo` repeats its instructions in text fields, `hostile` words a prompt with names, children and
orders; the last two refuse the whole request."""

BATCH_MODES = ("normal", "errors", "expires", "fails", "loses_lines")
"""`errors` fails every third line, `fails` refuses the whole file, `expires` never ends by itself."""


@dataclass(slots=True)
class Behaviour:
    """What the switches set; `slow_s` is in real seconds."""

    responses: str = "normal"
    batches: str = "normal"
    slow_s: float = 0.0

    def mode_for(self, text: str) -> str:
        """The mode that applies to a request with *text* in it."""
        mode, _, word = self.responses.partition(":")
        return mode if word.casefold() in text.casefold() else "normal"

    def set(self, name: str, value: object) -> bool:
        """Sets one switch; False when there is none of that name.

        Raises:
            ValueError: The switch does not take this value.
        """
        if name == "response_mode":
            self.responses = _one_of(name, value, RESPONSE_MODES)
        elif name == "batch_mode":
            self.batches = _one_of(name, value, BATCH_MODES)
        elif name == "response_delay_s":
            if not isinstance(value, int | float) or not 0 <= value <= 60:
                raise ValueError(f"{name} is {value!r}; send seconds from 0 to 60.")
            self.slow_s = float(value)
        else:
            return False
        return True


def _one_of(name: str, value: object, known: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value.partition(":")[0] not in known:
        raise ValueError(f"{name} is {value!r}; choose one of {', '.join(known)}.")
    return value
