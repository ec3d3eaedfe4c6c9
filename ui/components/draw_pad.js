// A pad to draw on, and beside it what each model makes of the drawing, while it is drawn. The box is kept by its key,
// with its strokes: they are there again when the page is. Networks come by themselves (see live_model.js).

const BOXES = (window.autoencPads ??= new Map());
const ASSETS = (window.autoencAssets ??= new Map());
const [THIN, USUAL, THICK] = [10, 26, 52]; // a pen as thick as MNIST's: a twelfth of the pad
const REST_MS = 300; // milliseconds after the pen was lifted
const RESEND_MS = 2500; // a drawing that the server does not know by then is sent again
const MAPS = 16; // feature maps of a code that are drawn

// ---------------------------------------------------------------- the pad

function drawStroke(context, { size, points }, first = 0) {
  Object.assign(context, { lineWidth: size, lineCap: "round", lineJoin: "round", strokeStyle: "#fff" });
  context.beginPath();
  context.moveTo(...points[first]);
  for (const point of points.slice(first)) context.lineTo(...point); // a single point is a dot
  context.stroke();
}

function drawAll(box) {
  box.context.fillStyle = "#000";
  box.context.fillRect(0, 0, SIDE, SIDE);
  for (const stroke of box.strokes) drawStroke(box.context, stroke);
}

function placeOf(box, event) {
  const { left, top, width, height } = box.pad.getBoundingClientRect();
  return [((event.clientX - left) * SIDE) / width, ((event.clientY - top) * SIDE) / height];
}

function begin(box, event) {
  event.preventDefault();
  box.pad.setPointerCapture(event.pointerId);
  clearTimeout(box.timer);
  box.pen = event.pointerId;
  box.strokes.push({ size: Number(box.brush.value), points: [placeOf(box, event)] });
  drawStroke(box.context, box.strokes.at(-1));
  changed(box);
}

function move(box, event) {
  if (event.pointerId !== box.pen) return;
  const stroke = box.strokes.at(-1);
  const before = stroke.points.length - 1;
  const events = event.getCoalescedEvents?.() ?? [];
  for (const each of events.length ? events : [event]) stroke.points.push(placeOf(box, each));
  drawStroke(box.context, stroke, before);
  changed(box);
}

function lift(box) {
  if (box.pen === null) return; // undone while it was drawn
  box.pen = null;
  rest(box);
}

function undo(box, all) {
  box.pen = null; // another finger ends the stroke
  box.strokes = all ? [] : box.strokes.slice(0, -1);
  drawAll(box);
  changed(box);
  if (box.strokes.length) rest(box);
  else tell(box); // at once: whoever draws again soon begins another drawing
}

// ---------------------------------------------------------------- for the server

const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

function rest(box) {
  clearTimeout(box.timer);
  box.timer = setTimeout(() => tell(box), REST_MS);
}

function tell(box) {
  if (box.pen !== null || !box.isConnected) return; // the next call tells it
  const levels = box.strokes.length ? levelsOf(box) : null;
  const pictures = levels ? box.sizes.map((size) => [size.join("x"), base64(asImage(levels, size))]) : [];
  box.sent = String(Date.now());
  box.told = box.sizes.join();
  box.send("drawn", { id: box.sent, pictures: Object.fromEntries(pictures) });
}

// What the server knows is not what was sent: a rerun may have swallowed it, or models of another size were chosen.
function tellAgain(box) {
  const knows = box.data.known === box.sent && box.told === box.sizes.join();
  if (!knows && (box.sent || box.strokes.length)) tell(box);
}

// ---------------------------------------------------------------- what the models make of it

function levelsOf({ context }) {
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i]);
}

function changed(box) {
  box.stamp++;
  box.since = performance.now();
  schedule(box);
}

const schedule = (box) => (box.turn ||= requestAnimationFrame(() => update(box)));

// Once a frame, however often it was asked for: the drawing of the moment counts.
function update(box) {
  box.turn = 0;
  if (box.painted !== box.stamp) {
    const began = performance.now();
    const levels = levelsOf(box);
    box.images = new Map(box.sizes.map((size) => [size.join(), asImage(levels, size)]));
    box.painted = box.stamp;
    box.dataset.frame = (performance.now() - began).toFixed(2); // milliseconds
  }
  box.rows.forEach((row) => {
    const image = box.images.get(row.model.shape.slice(1).join());
    if (row.shown !== box.painted) paintLevels(row.given, image, [1, ...row.model.shape.slice(1)], { white: 255 });
    if (row.shown !== box.painted && !row.model.network) row.seen = [asInput(image, row.model.shape)];
    row.shown = box.painted;
    ask(box, row, image);
    readRow(box, row);
  });
  const empty = !box.strokes.length;
  box.undo.disabled = box.clear.disabled = empty;
  box.hint.hidden = !empty;
}

// Each network in its own time: one question, and when it is answered the next, about what is drawn by then.
function ask(box, row, image) {
  const network = ASSETS.get(row.model.network);
  if (!network || row.busy || row.answered === box.painted || row.failed) return;
  row.worker ??= hire(box, row, network);
  const x = asInput(image, row.model.shape);
  Object.assign(row, { busy: true, x, asked: box.painted, since: box.since });
  row.worker.postMessage({ x });
}

function hire(box, row, { layers, weights }) {
  const worker = new Worker(box.data.worker);
  worker.postMessage({ layers, weights, codeAt: row.model.code_at });
  worker.onmessage = ({ data: { code, xHat } }) => {
    Object.assign(row, { busy: false, answered: row.asked, seen: [row.x, xHat] });
    paintLevels(row.drawn, xHat, row.model.shape);
    drawCode(row, code);
    sayFigures(row, xHat);
    row.node.dataset.updates = ++row.updates;
    row.node.dataset.milliseconds = (performance.now() - row.since).toFixed(1);
    schedule(box);
  };
  worker.onerror = (event) => {
    row.failed = true; // there is no second try
    row.figures.textContent = CANNOT_COMPUTE;
    console.error(event.message);
  };
  return worker;
}

function sayFigures(row, xHat) {
  let sum = 0;
  for (let i = 0; i < xHat.length; i++) sum += (xHat[i] - row.x[i]) ** 2;
  const mse = sum / xHat.length;
  const psnr = mse ? (-10 * Math.log10(mse)).toFixed(1) : "∞";
  row.figures.textContent = `MSE ${mse.toLocaleString("en", { maximumSignificantDigits: 3 })}, PSNR ${psnr} dB`;
}

// Numbers as bars up and down from nothing; pictures side by side, bright where large.
function drawCode({ code: canvas, model }, numbers) {
  const [k, rows, columns] = model.code_shape;
  const context = canvas.getContext("2d");
  const style = getComputedStyle(canvas);
  if (rows) {
    const [n, across] = [Math.min(k, MAPS), Math.ceil(Math.sqrt(Math.min(k, MAPS)))];
    Object.assign(canvas, { width: across * (columns + 1) - 1, height: Math.ceil(n / across) * (rows + 1) - 1 });
    const most = Math.max(1e-12, ...numbers.subarray(0, n * rows * columns));
    for (let i = 0; i < n; i++) {
      const tile = new ImageData(columns, rows);
      for (let at = 0; at < rows * columns; at++) {
        const level = (255 * numbers[i * rows * columns + at]) / most;
        tile.data.set([level, level, level, 255], 4 * at);
      }
      context.putImageData(tile, (i % across) * (columns + 1), Math.floor(i / across) * (rows + 1));
    }
    return;
  }
  Object.assign(canvas, { width: 2 * canvas.clientWidth, height: 2 * canvas.clientHeight });
  const most = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
  const [step, middle] = [canvas.width / k, canvas.height / 2];
  context.fillStyle = style.getPropertyValue("--st-primary-color") || style.color;
  numbers.forEach((value, i) => {
    const height = (value / most) * (middle - 2);
    context.fillRect(i * step, middle - Math.max(height, 0), Math.max(1, step * 0.8), Math.max(1, Math.abs(height)));
  });
}

// ---------------------------------------------------------------- what stands where

function addCanvas(parent, label, className, width, height) {
  const figure = element(parent, "figure");
  const canvas = Object.assign(element(figure, "canvas", className), { width, height, role: "img", ariaLabel: label });
  element(figure, "figcaption", "", label);
  return canvas;
}

function addRow(box, model) {
  const [, height, width] = model.shape;
  const node = element(box.models, "div", "row");
  const head = element(node, "div", "title");
  element(head, "b", "", model.title);
  const figures = element(head, "span", "figures", model.network ? "" : "large model: computed on the server, shown below");
  const pictures = element(node, "div", "pictures");
  const given = addCanvas(pictures, "Input", "given", width, height);
  const row = { model, node, figures, given, updates: 0, busy: false };
  if (!model.network) return row;
  addSaveButton(head, model.png.title, () => asPicture(pictures, model.png, [figures.textContent]));
  const n = model.n_latents;
  row.code = addCanvas(pictures, `${n.toLocaleString("en")} number${n === 1 ? "" : "s"} of code`, "code", 2, 2);
  row.code.classList.toggle("maps", model.code_shape.length > 1);
  row.drawn = addCanvas(pictures, "Output", "drawn", width, height);
  return row;
}

function build(box) {
  const { models, sizes } = box.data;
  const shape = JSON.stringify([models, sizes]);
  if (box.shape === shape) return;
  box.shape = shape;
  box.rows.forEach(({ worker }) => worker?.terminate());
  box.models.replaceChildren();
  box.rows = models.map((model) => addReadings(addRow(box, model)));
  const wanted = [...models.map(({ shape: [, ...size] }) => size), ...sizes];
  box.sizes = [...new Map(wanted.map((size) => [size.join(), size])).values()];
  box.painted = null; // others are to be made
}

function addButton(parent, label, onclick) {
  return Object.assign(element(parent, "button", "", label), { type: "button", onclick });
}

function addBrush(parent) {
  const label = element(parent, "label", "brush", "Pen");
  const brush = Object.assign(element(label, "input"), { type: "range", min: THIN, max: THICK, value: USUAL });
  brush.ariaLabel = "Thickness of the pen";
  return brush;
}

function create() {
  const box = document.createElement("div");
  box.className = "draw";
  const left = element(box, "div", "left");
  const frame = element(left, "div", "frame");
  box.pad = Object.assign(element(frame, "canvas", "pad"), { width: SIDE, height: SIDE });
  box.hint = element(frame, "div", "hint", "Draw here");
  addKeyPen(box, frame);
  box.context = box.pad.getContext("2d", { willReadFrequently: true });
  const tools = element(left, "div", "tools");
  box.brush = addBrush(tools);
  box.undo = addButton(tools, "Undo", () => undo(box, false));
  box.clear = addButton(tools, "Clear", () => undo(box, true));
  box.models = element(box, "div", "models");
  Object.assign(box, { strokes: [], rows: [], sizes: [], pen: null, stamp: 0, sent: "", images: new Map() });
  whileHeld(box.pad, (event) => begin(box, event), () => lift(box));
  box.pad.onpointermove = (event) => move(box, event);
  drawAll(box);
  return box;
}

// ---------------------------------------------------------------- from call to call

function letGo(box) {
  removeEventListener("autoenc-assets", box.heard);
  Object.assign(box, { heard: null, pen: null });
  for (const row of box.rows) {
    row.worker?.terminate();
    stopReading(row);
    Object.assign(row, { worker: null, busy: false, answered: null, failed: false });
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const box = keep(BOXES, data.key, create, parentElement);
  Object.assign(box, { data, send: setTriggerValue });
  if (!box.heard) addEventListener("autoenc-assets", (box.heard = () => schedule(box)));
  build(box);
  schedule(box);
  clearTimeout(box.again);
  const late = box.told === box.sizes.join() ? RESEND_MS : REST_MS;
  box.again = setTimeout(() => tellAgain(box), late);
  return leaving(box, parentElement, () => letGo(box)); // the strokes stay
}
