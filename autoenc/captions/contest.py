"""The smallest file that a recogniser still reads, in words."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import mean

from autoenc.compression.contest import Entries, winners
from autoenc.numerals import counted, listed, short


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
