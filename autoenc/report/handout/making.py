"""The hand-out of a lab as it stands, made step by step."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, field, replace

from autoenc.experiments import LabNow, Status
from autoenc.report.handout import page, tables
from autoenc.report.handout.stored import sealed
from autoenc.report.results import Results
from autoenc.report.sections import Section, section


@dataclass(frozen=True)
class Handout:
    """How far a hand-out has come."""

    done: float = 0.0  # fraction, 0 to 1
    doing: str = ""
    n_bytes: int = 0  # of the HTML; 0: it is not written yet
    n_zip_bytes: int = 0  # of the archive of CSV files


@dataclass(frozen=True)
class Made:
    """A hand-out, whole."""

    html: bytes = field(repr=False)
    csvs: dict[str, str] = field(repr=False)  # name of a file -> its text
    sections: tuple[Section, ...] = field(repr=False)

    @property
    def archive(self) -> bytes:
        """The CSV files in a ZIP."""
        return tables.archive(self.csvs)


def make(
    now: LabNow, results: Results, failures: Iterable[tuple[str, str]] = ()
) -> Generator[Handout, None, Made]:
    """Yields how far it has come, and returns the hand-out.

    Args:
        failures: key of an experiment, why something of it failed: no file knows that.
    """
    failed: dict[str, list[str]] = {}
    for key, text in failures:
        failed.setdefault(key, []).append(text)
    sections = []
    n_parts = len(now.experiments) + 1
    for n, one in enumerate(now.experiments):
        yield Handout(n / n_parts, f"Drawing: {one.experiment.title}")
        sections.append(_with_failures(section(one, results), failed.get(one.experiment.key, ())))
    yield Handout((n_parts - 1) / n_parts, "Writing the file")
    html = sealed(page.html(now, results, sections))
    return Made(html, tables.csvs(sections), tuple(sections))


def _with_failures(one: Section, failures: Iterable[str]) -> Section:
    """What a file does not say of it: that something has failed, and why."""
    sentences = [f"{text.rstrip('.')}." for text in failures if text.rstrip(".") not in one.missing]
    if not sentences or one.status is Status.DONE:
        return one
    return replace(one, status=Status.FAILED, missing=" ".join(filter(None, (one.missing, *sentences))))
