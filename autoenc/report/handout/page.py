"""The HTML of a hand-out: one file, with nothing in it that has to be loaded from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined

from autoenc.experiments import SECTIONS, LabNow, Status
from autoenc.numerals import short
from autoenc.report.blocks import UNKNOWN, shown
from autoenc.report.comparing import Comparison
from autoenc.report.handout import about, figures, tables, views
from autoenc.report.handout.views import View
from autoenc.report.results import Results
from autoenc.report.sections import Section

TEMPLATE = "page.html.j2"
ASSETS = (TEMPLATE, "style.css", "fit.js")


@dataclass(frozen=True)
class Part:
    """An experiment as the template shows it."""

    key: str
    section: str  # its heading in SECTIONS
    number: str
    title: str
    shows: str
    status: str
    conditions: str  # of every figure
    views: tuple[View, ...]
    comparisons: tuple[Comparison, ...]
    missing: str


@dataclass(frozen=True)
class Chapter:
    """A heading of the report, and its experiments."""

    number: str
    title: str
    parts: tuple[Part, ...]

    @property
    def anchor(self) -> str:
        return tables.safe_name(self.number)


@dataclass(frozen=True)
class Facts:
    """What is said before any figure."""

    size: str
    images: str
    progress: str
    made: str  # when
    machine: str
    versions: str
    trained_by: str  # versions, as the runs' files say; empty: there is no run
    trained_on: str


def html(now: LabNow, results: Results, sections: Sequence[Section]) -> str:
    """The whole page, but for its last line, which tells that it is whole."""
    runs = about.runs(now, results)
    parts = tuple(map(_part, sections))
    return (
        _environment()
        .get_template(TEMPLATE)
        .render(
            facts=_facts(now, runs),
            chapters=_chapters(parts),
            comparisons=[one for section in sections for one in section.comparisons],
            is_the_reports=now.lab.is_the_reports,
            missing=[part for part in parts if part.missing],
            runs=runs,
            style=asset("style.css"),
            plotly_js=_script(figures.plotly_js()),
            fit_js=_script(asset("fit.js")),
            title=f"The whole lab: {now.lab.grey.short_title} and {now.lab.colour.short_title}",
            done=str(Status.DONE),
        )
    )


def _facts(now: LabNow, runs: Sequence[about.RunRow]) -> Facts:
    size = now.lab.size
    conditions = [now.lab.conditions(data) for data in (now.lab.grey, now.lab.colour)]
    return Facts(
        f"{size.title}. {size.says}",
        ". ".join(dict.fromkeys(conditions)) + ".",
        f"{now.progress} done.",
        f"{datetime.now().astimezone():%d %B %Y, %H:%M %Z}",
        about.machine(),
        about.versions(),
        about.versions_of(runs),
        about.devices_of(runs),
    )


def _part(one: Section) -> Part:
    experiment = one.experiment
    return Part(
        tables.safe_name(experiment.key),
        experiment.section,
        experiment.number,
        experiment.title,
        experiment.shows,
        str(one.status),
        "; ".join(one.conditions),
        tuple(map(views.view, one.blocks)),
        one.comparisons,
        one.missing,
    )


def _chapters(parts: Iterable[Part]) -> tuple[Chapter, ...]:
    """In the report's order."""
    grouped = groupby(parts, key=lambda part: part.section)
    return tuple(Chapter(number, SECTIONS[number], tuple(group)) for number, group in grouped)


def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=PackageLoader("autoenc.report.handout", "."),
    )
    environment.filters["shown"] = shown
    environment.filters["brief"] = lambda value: UNKNOWN if value is None else short(value)
    return environment


def _script(text: str) -> str:
    """JavaScript inside of HTML: only its end tag could end it."""
    return text.replace("</script", "<\\/script")


def asset(name: str) -> str:
    """The text of one of ASSETS."""
    return (resources.files("autoenc.report.handout") / name).read_text(encoding="utf-8")
