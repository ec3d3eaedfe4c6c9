// Codes as points of a plane, under the pointer: what the decoder draws at this place, the nearest test image, and how far
// it is from all that the model has seen. Called again at each change of data; the map, its pictures and the decoder come
// by themselves, before or after.

const BOXES = (window.autoencMaps ??= new Map());
const SHEET_REST_MS = 120; // milliseconds after the view has moved, until the sheet is drawn anew
const ANSWER_REST_MS = 300; // milliseconds at a place, until the server is asked about it

const brief = (value) => value.toLocaleString("en", { maximumFractionDigits: 1 });

// ---------------------------------------------------------------- in words

// How this place lies among the codes of training images: its kind, and what is said of it.
function verdictOf(box, nearest) {
  const { map: { gap, near: blurred, usual, far }, data: { classes } } = box;
  const isAlone = nearest.distance > gap;
  const near = nearestClass(box, box.at);
  if (!near) return isAlone ? ["hole", "No image lives here."] : ["home", "Images live here."];
  const { distance } = near;
  const name = classes[near.name];
  if (distance > far) return ["hole", "No image lives here: too far from every class."];
  if (isAlone) return ["hole", "A hole: no test image is near this place."];
  if (distance < blurred) return ["edge", `An average, no particular image: nearer to the middle of ${name} than 99 % of training images are.`];
  return distance > usual ? ["edge", "Few images live here."] : ["home", "Images live here."];
}

function measuredWords(box) {
  const near = nearestClass(box, box.at);
  if (!near) return "";
  const { data: { classes }, map: { far } } = box;
  return `Mahalanobis distance to the nearest class, ${classes[near.name]}: ${brief(near.distance)}; 99 % of training images: below ${brief(far)}.`;
}

function drawnWords(box) {
  if (box.failed) return `Not decoded: ${CANNOT_COMPUTE}`;
  if (isLive(box)) return box.map.back.length ? "Decoded here" : `Decoded: mean of the ${N_MEANT} nearest codes`;
  return box.answered ? "Decoded here, on the server" : "Large model: rest the pointer, and the server decodes";
}

function sayPlace(box) {
  const { data: { classes }, map, panel, at } = box;
  const [nearest] = nearestPoints(box, at, 1);
  const name = classes[map.labels[nearest.i]];
  const [kind, words] = verdictOf(box, nearest);
  change(panel.words, "textContent", words);
  change(panel.measured, "textContent", measuredWords(box));
  change(panel.verdict, "className", `verdict ${kind}`);
  change(panel.verdict, "ariaLive", box.keyed ? "polite" : "off"); // a moving mouse would talk without end
  change(panel.drawnName, "textContent", drawnWords(box));
  change(panel.nearName, "textContent", `Nearest test image: ${name}`);
  change(panel.near, "ariaLabel", `The nearest test image, number ${nearest.i.toLocaleString("en")}: ${name}`);
  return nearest.i;
}

// ---------------------------------------------------------------- beside the map

function paintPanel(box, nearest) {
  const { panel, map: { shape }, drawn, answered, data: { files } } = box;
  const [, height, width] = shape;
  for (const canvas of [panel.drawn, panel.near]) sizeCanvas(canvas, width, height);
  const levels = isLive(box) ? drawn : answered && files[0];
  if (levels && box.painted !== levels) paintLevels(panel.drawn, levels, shape, { white: isLive(box) ? 1 : 255 });
  box.painted = levels;
  const pictures = bitmapOf(box);
  if (!pictures) return;
  const { bitmap, across, side: [high, wide] } = pictures;
  const context = panel.near.getContext("2d");
  context.drawImage(bitmap, (nearest % across) * wide, Math.floor(nearest / across) * high, wide, high, 0, 0, width, height);
}

function buildLegend(box) {
  const { data: { classes, colours }, legend, picked } = box;
  const about = JSON.stringify([classes, colours]);
  if (box.legendOf !== about) {
    picked.clear();
    legend.replaceChildren();
    classes.forEach((name, c) => {
      const button = element(legend, "button", "class");
      button.type = "button";
      element(button, "span", "key").style.background = colours[c % colours.length];
      element(button, "span", "", name);
      button.onclick = () => {
        picked.delete(c) || picked.add(c);
        schedule(box);
      };
    });
  }
  box.legendOf = about;
  [...legend.children].forEach((button, c) => change(button, "ariaPressed", String(picked.has(c))));
}

// ---------------------------------------------------------------- the whole

function sizeOf(box) {
  const { clientWidth, clientHeight } = box.canvas;
  if (box.size?.[0] === clientWidth && box.size[1] === clientHeight) return;
  box.size = [clientWidth, clientHeight];
  if (!box.isMoved) box.view = null;
}

function update(box) {
  box.turn = 0;
  const { data } = box;
  const map = ASSETS.get(data.map);
  if (!map || !box.canvas.clientWidth) return; // its arrival updates
  if (box.map !== map) Object.assign(box, { map, at: null, drawn: null, drawnAt: null, sheet: null, view: null, isMoved: false });
  sizeOf(box);
  box.view ??= fitted(box);
  if (!box.at) point(box, [map.points[0], map.points[1]]); // of the first test image
  box.answered = data.answer && data.answer[0] === box.at[0] && data.answer[1] === box.at[1];
  if (!isLive(box) && map.pixels.length) box.sheet ??= serverSheet(box);
  change(box.canvas, "ariaLabel", `${data.title}. Arrow keys move the cross hair, plus and minus zoom, 0 shows all.`);
  buildLegend(box);
  paintMap(box);
  paintPanel(box, sayPlace(box));
  drawPlace(box);
  if (!box.sheet) drawSheet(box);
  else restSheet(box);
  box.dataset.updates = ++box.updates;
}

function restSheet(box) {
  clearTimeout(box.sheetTimer);
  box.sheetTimer = setTimeout(() => box.isConnected && drawSheet(box), SHEET_REST_MS);
}

// Once a frame, however often it is asked for.
const schedule = (box) => (box.turn ||= requestAnimationFrame(() => update(box)));

function askServer(box) {
  clearTimeout(box.answerTimer);
  if (!box.map || isLive(box) || box.answered || !box.at) return;
  box.send("rested", { map: box.data.map, at: box.at });
}

function point(box, place) {
  box.at = place;
  clearTimeout(box.answerTimer);
  box.answerTimer = setTimeout(() => askServer(box), ANSWER_REST_MS);
  schedule(box);
}

function createTools(box, parent) {
  const tools = element(parent, "div", "tools");
  const add = (name, words, onclick) => {
    const button = Object.assign(element(tools, "button", "tool", words), { type: "button", title: name, ariaLabel: name });
    button.onclick = () => {
      if (box.map && box.size) onclick();
      box.seen();
    };
  };
  const middle = () => box.size.map((side) => side / 2);
  add("Zoom in", "+", () => zoom(box, KEY_ZOOM, middle()));
  add("Zoom out", "−", () => zoom(box, 1 / KEY_ZOOM, middle()));
  add("Show all", "Show all", () => (box.view = fitted(box)));
}

function createPanel(box) {
  const panel = element(box, "div", "panel");
  const picture = (words) => {
    const figure = element(panel, "figure", "");
    const canvas = Object.assign(element(figure, "canvas"), { role: "img", ariaLabel: words });
    return [canvas, element(figure, "figcaption", "", words)];
  };
  const [drawn, drawnName] = picture("What the decoder draws at this place");
  const [near, nearName] = picture("The nearest test image");
  const verdict = element(element(panel, "div", "says"), "div", "verdict");
  box.panel = { drawn, drawnName, near, nearName, verdict, words: element(verdict, "div", "words"), measured: element(verdict, "div", "measured") };
}

function create(data) {
  const box = document.createElement("div");
  box.className = "map";
  Object.assign(box, { updates: 0, picked: new Set(), again: () => schedule(box) });
  box.point = (place) => box.map && point(box, place);
  box.rested = () => askServer(box);
  box.seen = () => {
    box.isMoved = true;
    schedule(box);
  };
  box.stage = element(box, "div", "stage");
  box.canvas = Object.assign(element(box.stage, "canvas", "plane"), { tabIndex: 0, role: "application" });
  createPanel(box);
  createTools(box, box.stage);
  box.legend = Object.assign(element(box, "div", "legend"), { role: "group", ariaLabel: "Classes: press to show only these" });
  const redraw = () => ((box.isSaved = !box.isSaved), paintMap(box));
  if (data.png) addSaveButton(box.stage, data.png.title, () => asPicture(box.stage, box.data.png, [], redraw));
  listenToPointers(box);
  box.canvas.addEventListener("pointermove", () => (box.keyed = false));
  listenToKeys(box);
  box.sizes = new ResizeObserver(() => schedule(box));
  box.sizes.observe(box.canvas);
  addEventListener("autoenc-assets", box.again);
  return box;
}

function draw(data, parentElement, send) {
  const box = keep(BOXES, data.key, () => create(data), parentElement);
  if (box.data?.network !== data.network) Object.assign(box, { drawn: null, drawnAt: null, sheet: null, failed: false });
  Object.assign(box, { data, send });
  schedule(box);
  return leaving(box, parentElement, () => {
    forget(BOXES, data.key, box);
    if (!BOXES.size) stopPools();
    box.sizes.disconnect();
    for (const timer of [box.sheetTimer, box.answerTimer]) clearTimeout(timer);
    removeEventListener("autoenc-assets", box.again);
  });
}

export default function ({ data: bytes, parentElement, setTriggerValue }) {
  const data = unpack(bytes);
  if (data.assets) return take(data, parentElement, data.across ? asPictures : asMap);
  return draw(data, parentElement, setTriggerValue);
}
