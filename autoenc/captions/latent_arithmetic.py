"""Sums of codes, in words."""

from __future__ import annotations

from autoenc.captions.readings import sure
from autoenc.numerals import percent, with_article

FEW = 0.2  # of the sums: where fewer come out, the code is not made of classes
MOST = 0.5


def arithmetic_caption(n_sums: int, n_read: int | None) -> str:
    """What a class learns of arithmetic with the codes of this model.

    Args:
        n_read: sums in whose result the class that was added is read; None: nobody reads these images.
    """
    begins = (
        "Take the code of an image, add the mean code of one class and subtract that of its own: "
        "what does the decoder draw?"
    )
    if n_read is None:
        return begins
    share = n_read / n_sums
    if share >= MOST:
        means = "mostly, a class is a direction in this code"
    elif share >= FEW:
        means = "a class is only roughly a direction in this code"
    else:
        means = "in this code a class is hardly a direction"
    return f"{begins} In {percent(share)} of {n_sums:,} such sums, the class that was added: {means}."


def result_caption(plus: str, read: str, confidence: float | None, guess: str | None) -> str:
    """Behind the guess: what is read in the result.

    Args:
        plus: the name of the class that was added.
        read: that of the class that is read.
        confidence: 0 to 1; None: of whoever reads nothing is known.
        guess: what the visitor has said; None: nothing.
    """
    how = "" if confidence is None else f", {sure(confidence)} sure"
    said = f"It is read as {with_article(read)}{how}"
    said += ": the class that was added." if read == plus else f", not as {with_article(plus)}."
    if guess is None:
        return said
    return f"{said} Your guess was {'right' if guess == read else f'{with_article(guess)}'}."


def guesses_caption(n_right: int, n_guesses: int) -> str:
    """How many guesses of this visitor were right."""
    if not n_guesses:
        return ""
    return f"{n_right:,} of {n_guesses:,} guess{'es' * (n_guesses != 1)} right so far."
