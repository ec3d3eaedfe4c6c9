// Called again at each change of data. The box is kept by its key: Streamlit now and then takes the last elements of a
// fragment off the page and puts them back. Scenes and networks come by themselves, before or after.

const BOXES = (window.autoencLive ??= new Map());
const FIGURES = [
  { name: "psnr", unit: "PSNR dB" },
  { name: "ssim", unit: "SSIM" },
];
let workerPool = null; // started with the first network
const WIDE_PX = 1000; // pixels: labels stand beside the pictures, not above
const NARROW_PX = 560; // groups of at most eight side by side
const CHARTS_MS = 1000; // until charts that come with the same run of the script are there to be updated

// ---------------------------------------------------------------- what is handed over

function asScene({ shape: [n, channels, height, width], files: [bytes, unit] }) {
  const x = Float32Array.from(bytes, (level) => level / 255);
  return { n, channels, height, width, x, unit: floats(unit) };
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

// ---------------------------------------------------------------- what is seen

// Two digits after the point, or as many as it has.
function figuresOf({ level, data }) {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 4 };
  return [level.toLocaleString("en", digits), data.unit].filter(Boolean).join(" ");
}

const meaningOf = ({ level, data }) => (level ? data.meaning : "no noise: the pictures as they are");
const noiseOf = (box) => `${box.data.title} ${figuresOf(box)}: ${meaningOf(box)}`;

function headOf(box) {
  const { data, level } = box;
  const figures = figuresOf(box);
  return {
    ...{ title: data.title, level: figures, meaning: meaningOf(box), least: 0, most: data.most, step: data.most / 100 },
    ...{ name: `Level of the noise: ${data.title}`, says: `${figures} ${data.meaning}`, at: level },
  };
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
  sayHead(box, headOf(box));
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

// Once a frame, however often it is asked for: the level of the moment counts.
const schedule = (box) => (box.turn ||= requestAnimationFrame(() => update(box)));

// ---------------------------------------------------------------- from call to call

function create(data) {
  const box = document.createElement("div");
  box.className = "live";
  const head = createHead(box);
  box.groups = element(box, "div", "groups");
  box.save = data.png && addSaveButton(head, data.png.title, () => asPicture(box.groups, box.data.png, [noiseOf(box), box.data.reader?.title]));
  Object.assign(box, { figures: FIGURES, updates: 0, outputs: new Map(), busy: new Set(), failed: new Set(), told: [] });
  return listen(box);
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
    unlisten(box);
  });
}

export default function ({ data: bytes, parentElement, setTriggerValue }) {
  const data = unpack(bytes);
  return data.assets ? take(data, parentElement, asScene) : draw(data, parentElement, setTriggerValue);
}
