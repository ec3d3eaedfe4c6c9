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
    best = [models[name][i] for i, name in enumerate(smallest) if name is not None]
    files = [entry for entry in best if entry is not None]
    if not files:
        return f"None of {counted(n, 'image')} can still be read in a file of these models."
    wins = {name: smallest.count(name) for name in models if name in smallest}
    by_wins = sorted(wins, key=lambda name: -wins[name])
    told = listed([f"{name} {wins[name]}" for name in by_wins])
    size, head = mean(file.n_bytes for file in files), mean(file.n_bytes_head for file in files)
    sentences = [
        f"Smallest files of {counted(n, 'image')}: {told}.",
        f"Such a file has {short(size, 3)} bytes on average; {short(head, 2)} of them are its head, which "
        "names the model and the step.",
    ]
    others = [
        f"{title} {short(mean(entry.n_bytes for entry in read), 3)}"
        for title, entries in codecs.items()
        if (read := [entry for entry in entries if entry is not None])
    ]
    if others:
        sentences.append(f"Image codecs need more for the same: {listed(others)} bytes.")
    return " ".join(sentences)


def never_caption(names: Mapping[str, Entries]) -> str:
    """`Never read: 2 images by MLP 48.`; empty where each image can be read in some file of each.

    Args:
        names: entries by the titles of those that made the files.
    """
    n_missing = {name: sum(entry is None for entry in entries) for name, entries in names.items()}
    missing = [f"{counted(n, 'image')} by {name}" for name, n in n_missing.items() if n]
    return f"Read in no file, however large: {listed(missing)}." if missing else ""
