// Called again at each change of data or theme; what must last hangs on the node. The node is also kept by its key:
// Streamlit now and then takes the last elements of a fragment off the page and puts them back.

const PHONE = 400; // pixels of width: below, letters shrink
const HALF = 640; // half a page: below, the title leaves its line to the legend
const TOUCH = matchMedia("(pointer: coarse)").matches; // there a finger scrolls the page
const ENDS = ["pointerup", "pointercancel"];
const KEPT = (window.autoencPlots ??= new Map());
const CONFIG = {
  displaylogo: false,
  displayModeBar: TOUCH ? false : "hover",
  modeBarButtons: [["toImage", "zoom2d", "pan2d", "resetScale2d"]], // plotly's own set would upload the chart
  toImageButtonOptions: { scale: 2 },
  doubleClick: "reset",
};

const load = (src) =>
  (window.autoencPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.onload = () => resolve(window.Plotly);
    script.onerror = reject;
    script.src = src;
    document.head.append(script);
  }));

function theme(node) {
  const style = getComputedStyle(node);
  const value = (name) => style.getPropertyValue(`--st-${name}`).trim();
  const [color, background, border] = ["text-color", "background-color", "border-color"].map(value);
  const family = value("font");
  const clear = "rgba(0,0,0,0)";
  const axis = { gridcolor: border, linecolor: border, tickcolor: border, zerolinecolor: border, showspikes: false };
  return {
    paper_bgcolor: clear,
    plot_bgcolor: clear,
    font: { color, family },
    xaxis: axis,
    yaxis: axis,
    hoverlabel: { bgcolor: background, bordercolor: border, font: { color, family, size: 15 } },
    modebar: { bgcolor: clear, color, activecolor: value("primary-color") },
  };
}

function shrink(key, value) {
  if (key === "font" && value.size) return { ...value, size: 0.8 * value.size };
  if (key !== "margin") return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, typeof v === "number" ? 0.8 * v : v]));
}

// Inside one decade a label at 1, 2 and 5 is too few.
function refine(node, layout) {
  for (const [name, axis] of Object.entries(layout)) {
    const range = axis?.type === "log" && node._fullLayout?.[name]?.range;
    if (range && Math.abs(range[1] - range[0]) < 1) axis.dtick = null;
  }
}

function draw(node) {
  if (!node.plotly || node.held || !node.clientWidth) return; // whatever ends this draws again
  const { clientWidth: width, clientHeight: height } = node;
  const { data, layout } = JSON.parse(node.figure, width < PHONE ? shrink : undefined);
  node.setAttribute("aria-label", (layout.title?.text ?? "chart").replace(/<[^>]*>/g, " "));
  Object.assign(layout, { width, height, template: { layout: theme(node) } });
  layout.uirevision ??= "kept";
  if (TOUCH) layout.dragmode = false;
  if (width < HALF) delete layout.title;
  refine(node, layout);
  node.plotly.react(node, data, layout, CONFIG);
  if (!node.on || node.listening) return;
  node.listening = true;
  listen(node);
}

function listen(node) {
  const answers = (point) => point.customdata !== undefined;
  const plain = (value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
  node.on("plotly_relayout", () => draw(node));
  node.on("plotly_hover", ({ points }) => node.classList.toggle("answers", points.some(answers)));
  node.on("plotly_unhover", () => node.classList.remove("answers"));
  node.on("plotly_click", ({ points }) => {
    const point = points.find(answers);
    if (!point) return;
    const { x, y, data, customdata } = point;
    node.send("clicked", { curve: data.name, x, y, customdata: plain(customdata) });
  });
}

function create() {
  const node = document.createElement("div");
  node.className = "live-plot";
  node.setAttribute("role", "figure");
  node.sizes = new ResizeObserver(() => draw(node));
  node.sizes.observe(node);
  // New data must not take the zoom rectangle out of the reader's hand.
  const release = () => {
    for (const end of ENDS) removeEventListener(end, release, true);
    setTimeout(() => ((node.held = false), draw(node))); // after plotly has seen it
  };
  node.addEventListener("pointerdown", () => {
    node.held = true;
    for (const end of ENDS) addEventListener(end, release, true);
  });
  return node;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const node = KEPT.get(data.key) ?? create();
  KEPT.set(data.key, node);
  if (node.parentElement !== parentElement) parentElement.append(node);
  Object.assign(node, { figure: data.figure, send: setTriggerValue });
  node.style.height = `${data.height}px`;
  load(data.src).then(
    (plotly) => ((node.plotly = plotly), draw(node)),
    () => (node.textContent = "This chart cannot be drawn: plotly.min.js did not load. Reload the page to try again."),
  );
  const drop = () => {
    if (node.isConnected) return; // also where this call was overtaken by the next
    if (KEPT.get(data.key) === node) KEPT.delete(data.key);
    node.sizes.disconnect();
    node.plotly?.purge(node);
  };
  return () => setTimeout(drop, 3000);
}
