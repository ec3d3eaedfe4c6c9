"""The smallest file that a recogniser still reads, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import mean

from autoenc.captions.readings import sure
from autoenc.compression.contest import SURE, Entries, winners
from autoenc.numerals import counted, listed, percent, short, with_article


def contest_caption(models: Mapping[str, Entries], codecs: Mapping[str, Entries]) -> str:
    """Who wins how often, what the files hold, and what image codecs need for the same.

    Args:
        models, codecs: by their titles.
    """
    n = len(next(iter(models.values())))
    smallest = winners(models)
    best = [models[names[0]][i] for i, names in enumerate(smallest) if names]
    files = [entry for entry in best if entry is not None]
    if not files:
        return f"None of {counted(n, 'image')} can be read in a file of these models."
    wins = {name: sum(name in names for names in smallest) for name in models}
    first, *others = sorted(filter(wins.get, wins), key=lambda name: -wins[name])
    ties = "; equally small files count for both" * any(len(names) > 1 for names in smallest)
    rest = "".join(f", {name} of {wins[name]}" for name in others)
    size, head = mean(file.n_bytes for file in files), mean(file.n_bytes_head for file in files)
    sentences = [
        f"{first} makes the smallest file of {wins[first]} of {counted(n, 'image')}{rest}{ties}.",
        f"Such a file has {short(size, 3)} bytes on average; {short(head, 2)} of them are its head, which "
        "names the model and the step.",
    ]
    needs = [
        f"{title} {short(mean(entry.n_bytes for entry in read), 3)}"
        for title, entries in codecs.items()
        if (read := [entry for entry in entries if entry is not None])
    ]
    if needs:
        sentences.append(f"Image codecs on their own: {listed(needs)} bytes.")
    return " ".join(sentences)


def never_caption(names: Mapping[str, Entries]) -> str:
    """`Recognised in none of their files: 2 images by MLP 48.`; empty where each is in some file.

    Args:
        names: entries by the titles of those that made the files.
    """
    n_missing = {name: sum(entry is None for entry in entries) for name, entries in names.items()}
    missing = [f"{counted(n, 'image')} by {name}" for name, n in n_missing.items() if n]
    return f"Recognised in none of their files: {listed(missing)}." if missing else ""


def drawing_caption(read: str, confidence: float, chosen: str | None = None) -> str:
    """What the recogniser reads in a drawing, and what to do where it is not sure.

    Args:
        read: the name of the class that it reads.
        confidence: of the recogniser, 0 to 1.
        chosen: the class that the drawing is said to be of; None: nobody has said.
    """
    if chosen is None and confidence < SURE:
        return (
            f"The recogniser is only {math.floor(100 * confidence)} % sure that your drawing is "
            f"{with_article(read)}; a file counts where it is at least {percent(SURE)} sure. Draw more "
            "clearly, or choose what it is."
        )
    sentence = f"The recogniser reads your drawing as {with_article(read)}, {sure(confidence)} sure"
    if chosen in (None, read):
        return f"{sentence}."
    return f"{sentence}; you say that it is {with_article(chosen)}."


def smallest_caption(files: Mapping[str, Entries], class_name: str) -> str:
    """Who makes the smallest file of one image, and what the others need for the same.

    Args:
        files: entries of one image, by the titles of those that made them.
        class_name: what must be read in it.
    """
    entries = {title: entry for title, (entry,) in files.items() if entry is not None}
    read_as = f"can be read as {with_article(class_name)}"
    if not entries:
        return f"None of these files {read_as}. Draw more clearly, or choose other models."
    (best,) = winners(files)
    entry = entries[best[0]]
    verb = "make" if len(best) > 1 else "makes"
    head = f", of which {entry.n_bytes_head} are its head" if entry.n_bytes_head else ""
    needs = _needs({title: other.n_bytes for title, other in entries.items() if title not in best})
    size = counted(entry.n_bytes, "byte")
    return f"{listed(best)} {verb} the smallest file that {read_as}: {size}{head}. {needs}".rstrip()


def _needs(n_bytes: Mapping[str, int]) -> str:
    """`JPEG needs 197 bytes, WebP 92 and PNG 199.`; empty where there are none."""
    if not n_bytes:
        return ""
    (title, first), *others = n_bytes.items()
    needs = [f"{title} needs {counted(first, 'byte')}", *(f"{other} {n:,}" for other, n in others)]
    return f"{listed(needs)}."
