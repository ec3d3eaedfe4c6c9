"""Phrases that this project has given up for plainer ones do not come back."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# What once stood on the screen; each was replaced because somebody in a class did not understand it.
OLD_PHRASES = (
    r"what there is to do",
    r"a small example is being trained",
    r"which the model is never trained on",
    r"waiting: it is next",
    r"\d+ before it\b",
    r"nothing needs to be pressed",
    r"page follows its run",
    r"\bat work\b",
    r"before any training",
    r"\bread right\b",
    r"where it errs",
    r"best comes back",
    r"black: none",
    r"each picture by its own",
    r"the pixels that each looks at",
    r"what more of it draws",
    r"meets every number",
    r"\bso few numbers as\b",
    r"\bso many of the\b",
    r"opening the pictures",
    r"learning rate falls over",
    r"along a cosine",
    r"0: it stays",
    r"\btrain on (?:from epoch|to continue)",
    r"the teacher can bring",
    r"\bother first weights\b",
    r"\btake its settings\b",
    r"\d(?:\.\d)? a number\b",
    r"more to see here when",
    r"this browser is the teacher's",
    r"runs at the same time, at most",
    r"words of a run's name",
    r"no run is like that",
    r"\bbring them in\b",
    r"\btak(?:e|en|es|ing) (?:this |the )?noise away\b",
    r"there is no model yet that",
    r"train one for (?:any|this) level",
    r"what is being trained here stands",
    r"other settings: in train",
    r"trained at, tested at",
    r"no room for (?:the )?noise",
    r"but the first 1,000 for",
    r"filters without learning",
    r"is set as suits",
    r"makes digits of a face",
    r"\bit gets / it draws\b",
    r"nothing strange to this model",
    r"pieces of this very picture",
    r"and that of this picture among them",
    r"pages of this machine and of https",
    r"a straight line is read",
    r"the eye does not count pixels",
    r"trained at a click",
    r"beside the mean image",
    r"what a code of nothing is worth",
    r"\bruns beside it\b",
    r"times the numbers cost the same",
    r"looked at closely",
    r"\bnot trained either\b",
)
# How sentences went that only their author understood.
DIALECT = (
    r"\b(?:is|are|was|were) told\b",
    r"\btaken anew\b",
    r"\bas they come\b",
    r"\bfor who \w+s\b",
    r"\band who(?:ever)? asks\b",
    r"\bis had for\b",
    r"\bone's own\b",
    r"\bno thought of\b",
)


def strings_of(path: Path) -> Iterator[tuple[int, str]]:
    """The texts in a Python file with their lines; no docstrings, which only its readers see."""
    tree = ast.parse(path.read_text())
    docstrings = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "1" for part in node.values)
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings:
            yield node.lineno, node.value


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of any other file, without what JavaScript has for comments."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        yield number, line if path.suffix != ".js" else re.sub(r"(^|\s)//.*|^\s*/?\*.*", "", line)


def screen() -> list[Path]:
    files = [ROOT / "dashboard.py"]
    for folder in ("ui", "autoenc"):
        files += [path for suffix in ("py", "js") for path in sorted((ROOT / folder).rglob(f"*.{suffix}"))]
    return files


def pages() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def found(path: Path, phrases: tuple[str, ...]) -> list[str]:
    texts = strings_of(path) if path.suffix == ".py" else lines_of(path)
    old = re.compile("|".join(phrases), re.IGNORECASE)
    hits = {f"{path.relative_to(ROOT)}:{n}: {match[0]}" for n, text in texts if (match := old.search(text))}
    return sorted(hits)


def test_what_is_on_the_screen_has_no_words_that_were_given_up() -> None:
    assert [hit for path in screen() for hit in found(path, OLD_PHRASES + DIALECT)] == []


def test_readme_changelog_and_documents_have_no_words_that_were_given_up() -> None:
    assert [hit for path in pages() for hit in found(path, OLD_PHRASES + DIALECT)] == []


@pytest.mark.parametrize(
    "text",
    [
        '"What there is to do"',
        'f"{n} before it"',
        'f"For {pixels} pixels: {ratio} a number"',
        'f"""Below it helps; {n} at work"""',
    ],
)
def test_an_old_phrase_is_found_in_a_string(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    (tmp_path / "page.py").write_text(f'"""What there is to do."""\nshow({text})\n')
    assert len(found(tmp_path / "page.py", OLD_PHRASES)) == 1  # not in the docstring
