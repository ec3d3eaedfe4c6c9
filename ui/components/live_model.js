// Called again at each change of data. The box is kept by its key: Streamlit now and then takes the last elements of a
// fragment off the page and puts them back. Scenes and networks come by themselves, before or after.

const BOXES = (window.autoencLive ??= new Map());
const ASSETS = (window.autoencAssets ??= new Map());
let workerPool = null; // started with the first network
const WIDE_PX = 1000; // pixels: labels stand beside the pictures, not above
const NARROW_PX = 560; // groups of at most eight side by side
const REST_MS = 250; // milliseconds after the last key
const RETRY_MS = 2000; // after a call with an older level: the message may have been lost in a rerun
const CHARTS_MS = 1000; // until charts that come with the same run of the script are there to be updated

// ---------------------------------------------------------------- what is handed over

const floats = (bytes) => new Float32Array(bytes.slice().buffer); // a copy begins where four bytes may begin

function asScene({ shape: [n, channels, height, width], files: [bytes, unit] }) {
  const x = Float32Array.from(bytes, (level) => level / 255);
  return { n, channels, height, width, x, unit: floats(unit) };
}

function take(data, parentElement) {
  if (!ASSETS.has(data.id)) {
    const made = data.layers ? { layers: data.layers, weights: floats(data.files[0]) } : asScene(data);
    ASSETS.set(data.id, { ...made, holders: new Set() });
    dispatchEvent(new CustomEvent("autoenc-assets", { detail: data.id }));
  }
  return hold(ASSETS.get(data.id).holders, parentElement, "autoenc-assets", () => {
    ASSETS.delete(data.id);
    for (const pool of [workerPool, readerPool]) pool?.forget(data.id);
  });
}

// ---------------------------------------------------------------- what is computed

// All that the noisy images depend on.
const subject = ({ data: { scene, kind }, level }) => `${scene} ${kind} ${level}`;

function store(box, id, scene, about, levels) {
  const updates = (box.outputs.get(id)?.updates ?? 0) + 1;
  box.outputs.set(id, { about, levels, psnr: psnrOf(scene, levels), updates });
}

function makeNoise(box, scene, about) {
  if (box.scene !== scene) box.outputs.clear(); // others may have another size
  box.scene = scene;
  if (box.outputs.get("noisy")?.about === about) return;
  const noisy = new Float32Array(scene.x.length);
  if (box.level) corrupt(box.data.kind, scene, box.level, noisy);
  else noisy.set(scene.x);
  store(box, "original", scene, about, scene.x);
  store(box, "noisy", scene, about, noisy);
}

// Each network in its own time: one question, and when it is answered the next, about where the slider stands by then.
async function ask(box, id, scene, about) {
  const network = ASSETS.get(id);
  if (!network || box.busy.has(id) || box.outputs.get(id)?.about === about) return;
  box.busy.add(id);
  workerPool ??= startWorkers(box.data.worker);
  workerPool.load(id, network);
  try {
    const levels = await workerPool.forward(id, box.outputs.get("noisy").levels, scene.n);
    box.busy.delete(id);
    if (box.scene === scene && shows(box, id)) store(box, id, scene, about, levels);
  } catch (error) {
    box.failed.add(id); // and stays busy: there is no second try
    console.error(error);
  }
  schedule(box);
}

const shows = ({ data: { rows } }, id) => rows.some(({ live }) => live === id);

function compute(box, scene) {
  const about = subject(box);
  makeNoise(box, scene, about);
  for (const { live } of box.data.rows) if (live) ask(box, live, scene, about);
}

function show(box, scene) {
  box.wide = box.clientWidth >= WIDE_PX;
  box.columns = Math.min(scene.n, box.clientWidth < NARROW_PX ? 8 : 16);
  const rows = box.data.rows.map(({ label, colour, live }) => [label, colour, live === null, live === "original"]);
  const { reader } = box.data;
  const shape = JSON.stringify([box.wide, box.columns, scene.n, scene.height, scene.width, rows, reader]);
  if (box.shape !== shape) {
    build(box, scene);
    Object.assign(box, { painted: [], reads: rows.map(() => ({})) });
  }
  Object.assign(box, { shape, shown: box.data });
  box.classList.toggle("wide", box.wide);
  box.classList.toggle("away", box.away);
}

// The whole picture at the level where the slider stands.
function update(box) {
  box.turn = 0;
  const { data } = box;
  box.away = box.level !== data.level;
  sayHead(box);
  if (box.save) nameSaveButton(box.save, data.png.title);
  tell(data.key, box.level);
  const scene = ASSETS.get(data.scene);
  if (!scene || !box.clientWidth) return; // their arrival updates
  show(box, scene);
  compute(box, scene);
  sayFigures(box, scene);
  data.rows.forEach((row, r) => {
    const levels = isLive(row) ? box.outputs.get(row.live)?.levels : data.files[data.places.indexOf(r)];
    if (levels && box.painted[r] !== levels) paint(box, r, scene, levels, isLive(row) ? 1 : 255);
    box.painted[r] = levels;
  });
  if (data.reader) readRows(box);
  box.dataset.updates = ++box.updates;
}

// Charts follow the slider, and a click on a point of theirs moves it, as they do with a film.
const tell = (key, level) => dispatchEvent(new CustomEvent("autoenc-moment", { detail: { key, at: level } }));

// Once a frame, however often it is asked for: the level of the moment counts.
const schedule = (box) => (box.turn ||= requestAnimationFrame(() => update(box)));

// ---------------------------------------------------------------- the slider

function rest(box) {
  clearTimeout(box.timer);
  const { level, data } = box;
  if (level === box.known) return;
  box.known = level;
  box.told.push(level);
  box.send("rested", { kind: data.kind, level });
}

function tellAgain(box) {
  if (box.dragging || box.level === box.data.level) return;
  box.known = null;
  rest(box);
}

function seek(box, { key, at: level }) {
  if (key !== box.data.key || !(level >= 0 && level <= box.data.most)) return;
  box.level = level;
  rest(box);
  schedule(box);
}

// Where the slider stands after a call. The server may still be at a level that was chosen before: no reason to move.
function follow(box, { kind, level }) {
  const isEcho = kind === box.kind && (level === box.asked || box.told.includes(level));
  if (level === box.known) box.told = [];
  Object.assign(box, { kind, asked: level });
  if (isEcho && level !== box.known) box.timer = setTimeout(() => tellAgain(box), RETRY_MS);
  if (isEcho) return;
  Object.assign(box, { known: level, told: [] });
  clearTimeout(box.timer);
  if (!box.dragging) box.level = level;
}

function createSlider(box) {
  const slider = Object.assign(element(box, "input", "slider"), { type: "range" });
  let keyed = false;
  slider.onkeydown = () => (keyed = true);
  const press = () => ((keyed = false), (box.dragging = true));
  whileHeld(slider, press, () => {
    box.dragging = false;
    setTimeout(() => (rest(box), schedule(box))); // after its last value
  });
  slider.oninput = () => {
    box.level = Number(slider.value);
    clearTimeout(box.timer);
    if (keyed) box.timer = setTimeout(() => rest(box), REST_MS);
    schedule(box);
  };
  slider.onchange = () => keyed || rest(box);
  return slider;
}

// ---------------------------------------------------------------- from call to call

function create(data) {
  const box = document.createElement("div");
  box.className = "live";
  const head = element(box, "div", "head");
  box.head = Object.fromEntries(["title", "level", "meaning"].map((name) => [name, element(head, "div", name)]));
  box.slider = createSlider(box);
  box.groups = element(box, "div", "groups");
  box.save = data.png && addSaveButton(head, data.png.title, () => asPicture(box.groups, box.data.png, [noiseOf(box), box.data.reader?.title]));
  Object.assign(box, { updates: 0, outputs: new Map(), busy: new Set(), failed: new Set(), told: [] });
  box.sizes = new ResizeObserver(() => schedule(box));
  box.sizes.observe(box);
  box.heard = () => schedule(box);
  box.seek = ({ detail }) => seek(box, detail);
  addEventListener("autoenc-assets", box.heard);
  addEventListener("autoenc-seek", box.seek);
  return box;
}

function forgetOutputs(box) {
  for (const id of box.outputs.keys()) if (!shows(box, id)) box.outputs.delete(id);
}

function draw(data, parentElement, send) {
  const box = keep(BOXES, data.key, () => create(data), parentElement);
  Object.assign(box, { data, send });
  follow(box, data);
  forgetOutputs(box);
  schedule(box);
  setTimeout(() => box.isConnected && tell(data.key, box.level), CHARTS_MS);
  return leaving(box, parentElement, () => {
    forget(BOXES, data.key, box);
    if (!BOXES.size) [workerPool, readerPool] = [workerPool?.terminate(), readerPool?.terminate()];
    box.sizes.disconnect();
    clearTimeout(box.timer);
    removeEventListener("autoenc-assets", box.heard);
    removeEventListener("autoenc-seek", box.seek);
    tell(data.key, null);
  });
}

export default function ({ data: bytes, parentElement, setTriggerValue }) {
  const data = unpack(bytes);
  return data.assets ? take(data, parentElement) : draw(data, parentElement, setTriggerValue);
}
