// The numbers of a code as bars that a hand moves. Called again at each change of data; the decoder comes by itself, before
// or after, and what was moved stays until another image, or another address, begins anew.

const STEPS = 200; // from one end of a bar to the other
const THUMB_REM = 1; // width of what is held, which ends at the ends of the bar
const CHANGE_WORDS = "Orange: brighter, blue: darker.";
const HINT_WORDS = `Small pictures: what raising a value adds. ${CHANGE_WORDS}`;
const FEW = 16; // bars that can be large
const NARROW_PX = 560; // pixels: pictures stand above the bars, not beside them

// ---------------------------------------------------------------- one bar

// Its ends hold the untouched number, and wherever it may stand by an address; each step is one of a grid through it.
function gridOf({ at, low, high }, now) {
  const step = (high - low) / STEPS;
  const [least, most] = [Math.min(low, at, now), Math.max(high, at, now)];
  return { step, least: at - Math.ceil((at - least) / step) * step, most: at + Math.ceil((most - at) / step) * step };
}

function addBar(box, parent, bar) {
  const node = element(parent, "div", "bar");
  const canvas = bar.unit === undefined ? null : element(node, "canvas", "hint");
  const words = element(node, "div", "words");
  const name = element(words, "span", "name", bar.index === null ? bar.title : bar.title.replace("Value ", ""));
  const value = element(words, "span", "value");
  const track = element(node, "div", "track");
  const [fill, mark] = [element(track, "div", "fill"), element(track, "div", "start")];
  const grid = gridOf(bar, box.moved[bar.name] ?? bar.at);
  const input = Object.assign(element(track, "input"), { type: "range", min: 0, max: Math.round((grid.most - grid.least) / grid.step), step: 1 });
  input.ariaLabel = bar.title;
  const start = Math.round((bar.at - grid.least) / grid.step);
  input.oninput = ({ timeStamp }) => {
    box.since = timeStamp;
    const at = Number(input.value);
    moveTo(box, bar.name, at === start ? bar.at : grid.least + at * grid.step, bar.at);
  };
  input.onchange = () => box.held || endGesture(box);
  node.ondblclick = () => bar.name in box.moved && (moveTo(box, bar.name, bar.at, bar.at), endGesture(box));
  whileHeld(input, () => (box.held = true), () => {
    box.held = false;
    setTimeout(() => box.gesture && endGesture(box)); // after its last value
  });
  return { bar, node, canvas, name, value, fill, mark, grid, input, start };
}

const placed = (part) => `calc(${(100 * part).toFixed(2)}% + ${((0.5 - part) * THUMB_REM).toFixed(4)}rem)`;
const asText = (value, places) => value.toLocaleString("en", { minimumFractionDigits: places, maximumFractionDigits: places }).replace(/^-(?=[0.]*$)/, "");

// Where it stands; a line marks the untouched number.
function showBar(box, shown) {
  const { bar, node, value, fill, mark, grid, input, start } = shown;
  const now = box.moved[bar.name] ?? bar.at;
  if (shown.now === now) return; // in a drag all bars but one stay
  shown.now = now;
  const at = Math.round((now - grid.least) / grid.step);
  if (Number(input.value) !== at) input.value = at;
  const most = Number(input.max);
  fill.style.width = placed(at / most);
  mark.style.left = placed(start / most);
  node.classList.toggle("moved", bar.name in box.moved);
  const text = asText(now, bar.places);
  change(value, "textContent", bar.index === null ? `${text} σ` : text);
  const usual = `usually from ${asText(bar.low, bar.places)} to ${asText(bar.high, bar.places)}`;
  input.ariaValueText = `${text}, ${usual}`;
  node.title = `${bar.title}: ${text}, ${usual}. Double-click resets it.`;
}

// ---------------------------------------------------------------- all of them

function build(box) {
  const { scene } = box;
  box.touch.replaceChildren();
  Object.assign(box, { bars: [], placeBar: null, painted: {} });
  sizePictures(box);
  box.querySelectorAll(".reach").forEach((node) => node.remove());
  box.classList.toggle("hinted", Boolean(scene.bars) && isLive(box));
  box.classList.toggle("few", Boolean(scene.bars) && scene.bars.size <= FEW);
  box.classList.toggle("names", Boolean(scene.reader) && !areShort(scene.reader));
  change(box.words, "textContent", scene.bars && isLive(box) ? HINT_WORDS : CHANGE_WORDS);
  if (scene.maps) return buildMaps(box);
  const field = element(box.touch, "div", "bars");
  const [, height, width] = scene.shape;
  for (const bar of scene.bars.values()) box.bars.push(addBar(box, field, bar));
  for (const { canvas } of box.bars) Object.assign(canvas, { width, height, ariaHidden: "true" });
}

// All on one scale: those that matter little are pale.
function paintHints(box) {
  const { hints, scene } = box;
  if (!hints || box.painted.hints === hints) return;
  box.painted.hints = hints;
  const size = scene.x.length;
  const changes = box.bars.map((_, i) => changeOf(hints.levels, hints.base, scene.shape, i * size));
  const most = Math.max(FAINT, ...changes.map(mostOf));
  changes.forEach((change, i) => paintChange(box.bars[i].canvas, change, most));
}

function update(box) {
  box.turn = 0;
  const { scene } = box;
  if (isLive(box)) drawCode(box);
  showPictures(box);
  sayPictures(box);
  if (scene.maps) showMaps(box);
  box.bars.forEach((bar) => showBar(box, bar));
  paintHints(box);
  hint(box);
  readDrawn(box);
  box.undo.disabled = !box.past.length;
  box.reset.disabled = !isMoved(box);
  if (box.save) nameSaveButton(box.save, box.png.title);
}

// ---------------------------------------------------------------- from call to call

function addTool(parent, label, onclick) {
  return Object.assign(element(parent, "button", "", label), { type: "button", onclick });
}

function create({ png }) {
  const box = Object.assign(document.createElement("div"), { className: "hand" });
  Object.assign(box, { moved: {}, told: {}, past: [], painted: {}, timer: null, gesture: null, stamp: 0, updates: 0, bars: [] });
  addPictures(box);
  const right = element(box, "div", "right");
  const tools = element(right, "div", "tools");
  box.undo = addTool(tools, "Undo", () => undo(box));
  box.reset = addTool(tools, "Reset", () => reset(box));
  box.words = element(tools, "div", "key-words");
  box.touch = element(right, "div", "touch");
  box.save = png && addSaveButton(tools, png.title, () => asPicture(box, box.png, [box.where.textContent]));
  box.onkeydown = (event) => {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
    event.preventDefault();
    undo(box);
  };
  box.sizes = new ResizeObserver(() => lay(box));
  box.sizes.observe(box);
  box.heard = () => schedule(box);
  addEventListener("autoenc-assets", box.heard);
  return box;
}

// Pictures beside the bars where there is room.
function lay(box) {
  box.classList.toggle("wide", box.clientWidth >= NARROW_PX);
}

// Another image, or what somebody has opened by its address.
function begin(box, scene) {
  const moved = { ...scene.moved };
  Object.assign(box, { moved, told: { ...moved }, past: [], gesture: null, drawn: null, untouched: null, hints: null, read: null, failed: false });
  box.stamp++;
}

export default function ({ data: bytes, parentElement, setTriggerValue }) {
  const data = unpack(bytes);
  const box = keep(BOXES, data.key, () => create(data), parentElement);
  const [scene, before] = [asScene(data), box.scene];
  const isNew = scene.of !== before?.of || data.opened !== before.opened;
  Object.assign(box, { scene, send: setTriggerValue, png: data.png });
  if (isNew) begin(box, scene);
  if (isNew || scene.network !== before.network) build(box);
  lay(box); // before it is seen, and not a frame later
  schedule(box);
  return leaving(box, parentElement, () => {
    forget(BOXES, data.key, box);
    if (!BOXES.size) endPools();
    box.sizes.disconnect();
    clearTimeout(box.timer);
    removeEventListener("autoenc-assets", box.heard);
  });
}
