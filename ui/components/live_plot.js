// Called again at each change of data or theme; what must last hangs on the node, which stands in a shell.

const PHONE = 400; // pixels of width: below, letters shrink
const HALF_PAGE_PX = 640; // half a page: below, the title leaves its line to the legend
const [LETTER, LINE] = [0.56, 1.3]; // of the size of letters: the width of one, the height of a line
const TOUCH = matchMedia("(pointer: coarse)").matches; // there a finger scrolls the page
const BOXES = (window.autoencPlots ??= new Map());
const CONFIG = {
  displaylogo: false,
  displayModeBar: TOUCH ? false : "hover",
  modeBarButtons: [["zoom2d", "pan2d", "resetScale2d"]], // plotly's own set would upload the chart
  doubleClick: "reset",
};
const NOT_DRAWN = "This chart cannot be drawn: plotly.min.js did not load. Reload the page to try again.";
const DOCUMENT = { width: 1200, height: 700, scale: 1 };

const load = (src) =>
  (window.autoencPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.onload = () => resolve(window.Plotly);
    script.onerror = (event) => {
      window.autoencPlotly = null; // tried again at the next call
      reject(event);
    };
    script.src = src;
    document.head.append(script);
  }));

// ---------------------------------------------------------------- how it looks

function screen(node) {
  const style = getComputedStyle(node);
  const value = (name) => style.getPropertyValue(`--st-${name}`).trim();
  const colours = ["text-color", "background-color", "border-color", "primary-color"];
  const [color, background, border, primary, family] = [...colours, "font"].map(value);
  return { color, background, border, primary, family };
}

function theme({ color, background, border, primary, family }, paper, letters) {
  const axis = { gridcolor: border, linecolor: border, tickcolor: border, zerolinecolor: border, showspikes: false };
  return {
    paper_bgcolor: paper,
    plot_bgcolor: paper,
    font: { color, family },
    xaxis: axis,
    yaxis: axis,
    hoverlabel: { bgcolor: background, bordercolor: border, font: { color, family, size: 15 * letters } },
    modebar: { bgcolor: paper, color, activecolor: primary },
  };
}

// Letters and margins, lines and dots, times these.
function sized(letters, lines) {
  const times = (object, names, by) => {
    for (const name of names) if (typeof object[name] === "number") object[name] *= by;
  };
  return (key, value) => {
    if (!value || typeof value !== "object") return value;
    if (/font$/.test(key)) times(value, ["size"], letters);
    if (key === "margin" || key === "pad") times(value, Object.keys(value), letters);
    if (key === "line") times(value, ["width"], lines);
    if (key === "marker") times(value, ["size"], lines);
    return value;
  };
}

// The labels of a logarithmic axis stand apart: only where it has been drawn can that be told. Inside one decade a
// label at 1, 2 and 5 is too few. Returns whether anything is another.
const ASKED = new WeakMap(); // axis -> the ticks that its figure has
function refine(node, layout) {
  const ticks = () => JSON.stringify(logAxes.map(([, { dtick, tickvals }]) => [dtick, tickvals]));
  const logAxes = Object.entries(layout).filter(([name, axis]) => axis?.type === "log" && node._fullLayout?.[name]?.range);
  const before = ticks();
  for (const [name, axis] of logAxes) {
    const { range, _length: length, tickfont } = node._fullLayout[name];
    const decades = Math.abs(range[1] - range[0]);
    const width = (text) => (name[0] === "x" ? LETTER * text.length + 1 : LINE) * tickfont.size;
    if (!ASKED.has(axis)) ASKED.set(axis, { dtick: axis.dtick, tickvals: axis.tickvals }); // before another range
    const { dtick, tickvals } = ASKED.get(axis);
    const room = length / decades / width("1,000");
    if (tickvals) axis.tickvals = apart(tickvals, length / decades, width);
    else if (decades < 0.7) axis.dtick = null;
    else if (dtick === "D2" && room * Math.log10(2) >= 1) axis.dtick = dtick;
    else if (dtick === "D2" || dtick === 1) axis.dtick = Math.max(1, Math.ceil(1 / room));
  }
  return before !== ticks();
}

// As many of them as have room, the first first.
function apart(values, decade, width) {
  let end = -Infinity; // pixels
  return values.filter((value) => {
    const half = width(value.toLocaleString("en")) / 2;
    const at = Math.log10(value) * decade;
    const fits = at - half >= end;
    if (fits) end = at + half;
    return fits;
  });
}

const plain = (title) => (title?.text ?? "").replace(/<[^>]*>/g, " ").trim();

function sizesOf(node) {
  const { clientWidth: width, clientHeight: height } = node;
  const scale = Number(getComputedStyle(node).getPropertyValue("--presenter-scale")) || 1;
  const titled = width >= HALF_PAGE_PX * scale && scale <= 1; // to a presenter the page says it
  return { width, height, scale, letters: width < PHONE ? 0.8 * scale : scale, titled };
}

// The figure in the sizes of the screen.
function parse(node, more = {}) {
  const sizes = { ...sizesOf(node), ...more };
  const { letters, scale } = sizes;
  return fitted(JSON.parse(node.figure, letters === 1 ? undefined : sized(letters, scale)), sizes);
}

// Each run of the page's script calls: what would look as it does is not drawn, unless the reader has moved something.
function draw(node, moved = false) {
  if (!node.plotly || node.held || !node.clientWidth) return; // whatever ends this draws again
  const { width, height, letters, titled } = sizesOf(node);
  const look = JSON.stringify([node.figure, width, height, letters, screen(node)]);
  if (look === node.look && !moved) return;
  node.look = look;
  const { data, layout } = parse(node);
  follow(node, layout.meta ?? {});
  node.ariaLabel = [plain(layout.title) || node.png?.title || node.meta.name?.replaceAll("-", " ") || "chart", node.meta.caption].filter(Boolean).join(": ");
  Object.assign(layout, { width, height, template: { layout: theme(screen(node), "rgba(0,0,0,0)", letters) } });
  layout.uirevision ??= "kept";
  if (TOUCH) layout.dragmode = false;
  if (!titled) delete layout.title;
  refine(node, layout);
  node.plotly.react(node, data, layout, CONFIG);
  if (refine(node, layout)) node.plotly.react(node, data, layout, CONFIG); // its range was another before
  if (!node.on || node.listening) return;
  node.listening = true;
  listen(node);
}

// ---------------------------------------------------------------- what it answers

function listen(node) {
  const answers = (point) => point.customdata !== undefined;
  const plain = (value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
  node.on("plotly_relayout", () => draw(node, true));
  node.on("plotly_relayouting", () => mark(node));
  node.on("plotly_afterplot", () => mark(node));
  node.on("plotly_hover", ({ points }) => node.classList.toggle("answers", points.some(answers)));
  node.on("plotly_unhover", () => node.classList.remove("answers"));
  node.on("plotly_click", ({ points }) => {
    const point = points.find(answers);
    if (!point) return;
    const { x, y, data, customdata } = point;
    const { film: key, x_scale = 1 } = node.meta;
    const isMoment = key && Number.isFinite(Number(customdata)); // else it answers something else
    if (isMoment) dispatchEvent(new CustomEvent("autoenc-seek", { detail: { key, at: x / x_scale } }));
    node.send("clicked", { curve: data.name, x, y, customdata: plain(customdata) });
  });
}

// ---------------------------------------------------------------- the film that it follows

function follow(node, meta) {
  if (node.meta?.film !== meta.film) node.at = null;
  node.meta = meta;
}

// Where the film stands: an element of its own, because redrawing the chart for each frame would be slow.
function mark(node) {
  const place = markerPlace(node);
  node.marker.hidden = !place;
  if (!place) return;
  node.marker.style.height = `${place.height}px`;
  node.marker.style.transform = `translate(${place.x}px, ${place.y}px)`;
}

// Null where the film stands outside the chart.
function markerPlace(node) {
  const { xaxis, _size } = node._fullLayout ?? {};
  const { film, x_scale = 1 } = node.meta ?? {};
  const x = film && xaxis && node.at !== null ? xaxis.d2p(node.at * x_scale) : NaN;
  return x >= 0 && x <= xaxis._length ? { x: xaxis._offset + x, y: _size.t, height: _size.h } : null;
}

// ---------------------------------------------------------------- for a document

// As it is on the screen, its zoom and hidden lines too, in dark on white.
function onWhite(node, { data, layout }, letters) {
  data.forEach((trace, i) => (trace.visible = node.data[i].visible ?? true));
  for (const [name, axis] of Object.entries(layout)) {
    const seen = /^[xy]axis/.test(name) && node._fullLayout[name]?.range;
    if (seen) Object.assign(axis, { range: [...seen], autorange: false });
  }
  layout.template = { layout: theme(PAPER, PAPER.background, letters) };
  return { data, layout };
}

function save(node, format) {
  const figure = onWhite(node, JSON.parse(node.figure), 1);
  const { meta, title } = figure.layout;
  const filename = fileName(node.png?.name || meta?.name || plain(title) || "chart");
  return node.plotly.downloadImage(figure, { ...DOCUMENT, format, filename });
}

// For `addSaveButton`: the chart in the sizes of the screen, and where the film stands. Its title is above it.
async function seen(node) {
  if (!node.plotly || !node._fullLayout) throw new Refusal(NOT_DRAWN);
  const { width, height, letters } = sizesOf(node);
  const figure = onWhite(node, parse(node, { titled: false }), letters);
  delete figure.layout.title;
  refine(node, figure.layout);
  const place = markerPlace(node);
  const image = new Image();
  image.src = await node.plotly.toImage(figure, { format: "png", width, height, scale: SHARPNESS });
  await image.decode();
  const paint = (context) => {
    context.drawImage(image, 0, 0, width, height);
    context.fillStyle = PAPER.primary;
    if (place) context.fillRect(place.x - 1, place.y, 2, place.height);
  };
  return { text: node.png, width, height, paint };
}

function addButtons(node) {
  const bar = document.createElement("div");
  bar.className = "live-plot-save";
  for (const format of ["png", "svg"]) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: format.toUpperCase() });
    button.onclick = () => node.plotly && node._fullLayout && save(node, format);
    if (node.png && format === "png") button.onclick = () => savePng(node.parentElement, () => seen(node));
    bar.append(button);
  }
  node.parentElement.append(bar);
  return [...bar.children];
}

// By the title that is saved with it, or that of its figure.
function nameButtons(node) {
  const title = node.png?.title ?? plain(JSON.parse(node.figure).layout.title);
  for (const button of node.buttons) nameSaveButton(button, title, button.textContent || "PNG");
}

// ---------------------------------------------------------------- from call to call

function create() {
  const shell = document.createElement("div");
  shell.className = "live-plot-shell";
  const node = document.createElement("div");
  node.className = "live-plot";
  node.role = "figure";
  node.marker = document.createElement("div");
  Object.assign(node.marker, { className: "live-plot-marker", hidden: true });
  shell.append(node, node.marker);
  node.sizes = new ResizeObserver(() => draw(node));
  node.sizes.observe(node);
  node.at = null;
  node.heard = ({ detail: { key, at } }) => {
    if (!key || key !== node.meta?.film) return;
    node.at = at;
    mark(node);
  };
  addEventListener("autoenc-moment", node.heard);
  // New data must not take the zoom rectangle out of the reader's hand.
  const release = () => setTimeout(() => ((node.held = false), draw(node, true))); // after plotly has seen it
  whileHeld(node, () => (node.held = true), release);
  return shell;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const shell = keep(BOXES, data.key, create, parentElement);
  const node = shell.firstChild;
  Object.assign(node, { figure: data.figure, png: data.png, send: setTriggerValue });
  node.style.height = `var(--presenter-chart, calc(${data.height}px * var(--presenter-scale, 1)))`;
  if (data.downloads) node.buttons ??= addButtons(node);
  else if (data.png) node.buttons ??= [addSaveButton(shell, data.png.title, () => seen(node))];
  if (node.buttons) nameButtons(node);
  load(data.src).then(
    (plotly) => {
      if (!node.plotly) node.textContent = ""; // it may have failed before
      node.plotly = plotly;
      draw(node);
    },
    () => (node.textContent = NOT_DRAWN),
  );
  return leaving(shell, parentElement, () => {
    forget(BOXES, data.key, shell);
    node.sizes.disconnect();
    removeEventListener("autoenc-moment", node.heard);
    node.plotly?.purge(node);
  });
}
