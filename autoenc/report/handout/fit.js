// Each chart takes the width that it has: on a phone smaller letters, and as many lines as its legend needs.
(() => {
  const NARROW = 480; // pixels of a chart: below, letters shrink
  const LINE = 20; // pixels of a line of the legend
  const TOUCH = matchMedia("(pointer: coarse)").matches; // there a finger scrolls the page
  const newPlot = Plotly.newPlot;
  const charts = new Map(); // id -> what it is drawn from

  const inLegend = (trace) =>
    trace.showlegend !== false && trace.visible !== false && trace.name && trace.type !== "heatmap" && trace.type !== "table";

  function linesOfLegend(data, layout, width, size) {
    const traces = data.filter(inLegend);
    if (layout.showlegend === false || (traces.length < 2 && !layout.showlegend)) return 0;
    const widest = Math.max(...traces.map(({ name }) => String(name).replace(/<[^>]*>/g, "").length));
    const each = widest * 0.58 * size + 46; // plotly makes all entries of a horizontal legend equally wide
    return Math.ceil(traces.length / Math.max(1, Math.floor(width / each)));
  }

  function fitted({ data, layout }, width) {
    const narrow = width < NARROW;
    const size = narrow ? 11 : layout.font.size;
    const fit = structuredClone(layout);
    const lines = linesOfLegend(data, layout, width - 70, size);
    fit.font.size = size;
    fit.margin = { l: 8, r: 14, t: 14 + LINE * lines, b: 8, autoexpand: true };
    fit.height = layout.height - (narrow ? 60 : 0) + LINE * Math.max(0, lines - 1);
    fit.legend = { ...fit.legend, orientation: "h", x: 0, xanchor: "left", y: 1, yanchor: "bottom", font: { size } };
    for (const [name, axis] of Object.entries(fit)) {
      if (!/^[xy]axis/.test(name)) continue;
      axis.automargin = true;
      if (axis.title?.font) axis.title.font.size = size;
      if (axis.tickfont) axis.tickfont.size = Math.min(axis.tickfont.size ?? size, size);
    }
    for (const one of fit.annotations ?? []) if (one.font && narrow) one.font.size = Math.min(one.font.size ?? size, size);
    if (TOUCH) fit.dragmode = false;
    return fit;
  }

  // The room of a chart is there before it is drawn: nothing below it moves.
  function draw(id) {
    const node = document.getElementById(id);
    const { data, config } = charts.get(id);
    const fit = place(id);
    return node.data ? Plotly.react(node, data, fit, config) : newPlot(node, data, fit, config);
  }

  function place(id) {
    const node = document.getElementById(id);
    const fit = fitted(charts.get(id), node.clientWidth);
    node.style.height = node.parentElement.style.height = `${fit.height}px`;
    return fit;
  }

  // One chart a frame, so that the page can be read and scrolled meanwhile; all at once for a printer.
  const waiting = [];
  function drawNext() {
    if (!waiting.length) return;
    draw(waiting.shift());
    requestAnimationFrame(drawNext);
  }
  addEventListener("beforeprint", () => waiting.splice(0).forEach(draw));

  Plotly.newPlot = (id, data, layout, config) => {
    charts.set(id, { data, layout, config });
    place(id);
    if (waiting.push(id) === 1) requestAnimationFrame(drawNext);
  };
  matchMedia(`(max-width: ${NARROW + 24}px)`).addEventListener("change", () => [...charts.keys()].filter((id) => document.getElementById(id).data).forEach(draw));
})();
