"""Lines of dots put together to a figure, with a legend above it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from plotly.graph_objects import Figure

from autoenc.groups import Line, lines, n_seeds
from autoenc.numerals import short
from autoenc.plots.dots import SYMBOLS, Dot, after, bars, marker, singles, with_means
from autoenc.plots.drawing import COLOUR, layout
from autoenc.plots.references import DOT_SIZE, GREY, Trace, grey_line
from autoenc.plots.scales import SMALL_FONT, rounded
from autoenc.schema import MODEL_NAMES, Point

DASHES = ("solid", "dash", "dot", "dashdot")  # by number of layers, or by what else tells lines apart
MAX_VARIANTS = 6  # that the legend names
PHONE_WIDTH = 208  # pixels that a row of the legend has there
LEGEND_SYMBOL, LEGEND_LETTER = 40, 6.4  # pixels that an entry takes there


@dataclass(frozen=True)
class Chart:
    """What is put together to a figure."""

    title: str
    points: Sequence[Point]  # all: each of their lines has a trace from the first moment
    dots: Sequence[Dot]  # one for each run that has come so far
    beneath: Sequence[Trace] = ()
    layout: Mapping[str, Any] = field(default_factory=dict)  # xaxis, yaxis, shapes
    hover: str = "%{y:,.4~r}"  # what follows the name of a run
    mode: str = "lines+markers"
    label_side: str = "top right"  # of a dot: where its label stands
    x_axis: str = "latent_size"  # the setting that stands there, or that follows it
    told: Callable[[float], str] = short  # a standard deviation in words

    def figure(self, highlighted: str | None, caption: str) -> Figure:
        """With a ring around the highlighted run, and the caption for those who cannot see it."""
        traces = [*self.beneath, *self._singles(), *self.lines(), self._ring(highlighted)]
        dataset = self.points[0].config.dataset if self.points else "no"
        laid_out = layout(
            self.title,
            hovermode="closest",
            meta={"caption": caption, "name": f"{dataset}-{self.title.lower().replace(' ', '-')}"},
            **legends(traces),
            **self.layout,
        )
        return Figure(data=traces, layout=laid_out)

    def lines(self) -> list[Trace]:
        """One for each line of runs. The legend tells colours, dashes and symbols apart where there are more.

        The dots of several seeds are at their means.
        """
        traces = [self._of_line(line) for line in self._lines]
        if not self._variants and len(self._layers) == 1:
            return traces
        for trace, line in zip(traces, self._lines, strict=True):
            config = line.config
            least = min(one.config.layers for one in self._lines if one.config.model == config.model)
            named = not self._variants and config.layers == least
            trace |= {"legendgroup": config.model, "showlegend": named}
        samples = [self._model_sample(model) for model in self._models] if self._variants else []
        return traces + samples + self._samples()

    def _samples(self) -> list[Trace]:
        """What the legend says of layers and settings; of both only what is theirs: the line, the symbol."""
        both = bool(self._variants) and len(self._layers) > 1
        of_layers, of_settings = ("lines", "markers") if both else (self.mode, self.mode)
        samples = [
            self._sample(f"{n} layers", DASHES[n - 1], self._symbol(n, ""), of_layers)
            for n in self._layers[1:]
        ]
        if len(self._variants) > MAX_VARIANTS:
            return samples
        return samples + [
            self._sample(name, self._dash(1, name), self._symbol(1, name), of_settings)
            for name in self._variants
        ]

    # ------------------------------------------------------------ what there is

    @cached_property
    def _lines(self) -> tuple[Line, ...]:
        return lines(self.points, self.x_axis)

    @property
    def _layers(self) -> list[int]:
        return sorted({line.config.layers for line in self._lines})

    @property
    def _models(self) -> list[str]:
        return list(dict.fromkeys(line.config.model for line in self._lines))

    @property
    def _variants(self) -> list[str]:
        return list(dict.fromkeys(line.variant for line in self._lines if line.variant))

    @property
    def _seeded(self) -> bool:
        return n_seeds(self.points) > 1

    # ------------------------------------------------------------ how a line looks

    def _dash(self, layers: int, variant: str) -> str:
        """By the number of layers; where all have the same, by what else tells lines apart."""
        if variant and len(self._layers) == 1:
            return DASHES[self._variants.index(variant) % len(DASHES)]
        return "solid" if variant and layers == 1 else DASHES[layers - 1]

    def _symbol(self, layers: int, variant: str) -> str:
        if variant:
            i = self._variants.index(variant)
            return SYMBOLS[(i + i // len(SYMBOLS)) % len(SYMBOLS)]  # not the same with a dash a second time
        return SYMBOLS[layers - 1]

    def _style(self, line: Line) -> tuple[str, str, str]:
        """Colour, dash and symbol."""
        layers = line.config.layers
        return COLOUR[line.config.model], self._dash(layers, line.variant), self._symbol(layers, line.variant)

    def _model_sample(self, model: str) -> Trace:
        """What stands in the legend for the colour of a model."""
        style = {"color": COLOUR[model], "width": 3}
        return grey_line(
            MODEL_NAMES[model],
            [],
            [],
            mode="lines" if "lines" in self.mode else self.mode,
            line=style,
            marker={"color": COLOUR[model], "size": DOT_SIZE},
            legendgroup=model,
        )

    def _sample(self, name: str, dash: str, symbol: str, mode: str) -> Trace:
        """What stands in the legend for a number of layers, or for a setting."""
        return grey_line(
            name,
            [],
            [],
            mode=mode,
            line={"color": GREY, "width": 3, "dash": dash},
            marker={"color": GREY, "size": DOT_SIZE, "symbol": symbol},
        )

    def _of_line(self, line: Line) -> Trace:
        """The joined dots by x, then the others, with gaps between them."""
        colour, dash, symbol = self._style(line)
        dots, _ = with_means(line, self.dots, self.told)
        placed: list[Dot | None] = []
        for dot in sorted(dots, key=lambda d: (not d.joined, d.x)):
            placed += [dot] if dot.joined or not placed else [None, dot]
        placed = placed or [None]  # an entry in the legend that cannot be seen
        labelled = {"textposition": self.label_side, "textfont": {"size": SMALL_FONT}}
        labels = [dot.label if dot else "" for dot in placed]
        notes = [after(dot) for dot in placed]
        hover = f"k = %{{hovertext}}: {self.hover}"
        return {
            "type": "scatter",
            "name": line.name,
            "mode": f"{self.mode}+text" if any(labels) else self.mode,
            **(labelled | {"text": labels} if any(labels) else {}),
            "x": [rounded(dot.x) if dot else None for dot in placed],
            "y": [rounded(dot.y) if dot else None for dot in placed],
            "customdata": [dot.point.run_id if dot else None for dot in placed],
            "hovertext": [dot.hover if dot else None for dot in placed],
            "hovertemplate": [f"{hover}{note}" for note in notes] if any(notes) else hover,
            "cliponaxis": False,  # a dot on the edge is whole
            "line": {"color": colour, "width": 3, "dash": dash},
            "marker": marker(placed, colour, symbol),
            **({"legendgroup": line.name} if self._seeded else {}),
            **bars(placed),
        }

    def _singles(self) -> list[Trace]:
        """The single runs behind each line, where there are several seeds."""
        if not self._seeded:
            return []
        by_model = bool(self._variants) or len(self._layers) > 1
        traces = []
        for line in self._lines:
            colour, _, symbol = self._style(line)
            _, dots = with_means(line, self.dots, self.told)
            group = line.config.model if by_model else line.name
            traces.append(singles(line.name, dots, self.hover, colour, symbol, group))
        return traces

    def _ring(self, highlighted: str | None) -> Trace:
        dot = next((d for d in self.dots if d.point.run_id == highlighted), None)
        colour = COLOUR[dot.point.config.model] if dot else GREY
        return {
            "type": "scatter",
            "name": "chosen",
            "mode": "markers",
            "x": [rounded(dot.x) if dot else None],
            "y": [rounded(dot.y) if dot else None],
            "hoverinfo": "skip",
            "cliponaxis": False,
            "showlegend": False,
            "marker": {
                "color": colour,
                "size": 2.2 * DOT_SIZE,
                "symbol": "circle-open",
                "line": {"width": 3},
            },
        }


def legends(traces: Sequence[Trace]) -> dict[str, Any]:
    """Above the plot: our runs and the baselines; over them, in a row of its own, what has a long name.

    A horizontal legend that needs more than one row has columns as wide as its longest name. The margin is
    what a phone needs, whose letters are smaller: the figure does not know how wide it will be.
    """
    named = [trace for trace in traces if trace.get("showlegend", True)]
    names = [trace["name"] for trace in named if "legend" not in trace]
    widths = [LEGEND_SYMBOL + LEGEND_LETTER * len(name) for name in names]
    per_row = max(1, int(PHONE_WIDTH / max(widths, default=1)))
    rows = (len(names) < len(named)) + (1 if sum(widths) <= PHONE_WIDTH else math.ceil(len(names) / per_row))
    across = {"orientation": "h", "x": 1, "xanchor": "right", "traceorder": "normal"}
    return {
        "legend": across | {"y": 1, "yref": "paper", "yanchor": "bottom"},
        "legend2": across | {"y": 1, "yref": "container", "yanchor": "top"},
        "margin": {"l": 92, "r": 20, "t": 16 + 26 * rows, "b": 56, "autoexpand": False},
    }
