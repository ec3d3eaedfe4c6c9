// Codes under the finger: rounded to multiples of a step that a slider sets, drawn by the decoder, and what they cost.
// Called again at each change of data; codes and the decoder come by themselves, before or after.

const BOXES = (window.autoencCodes ??= new Map());
const FIGURES = [
  { name: "bytes", unit: "bytes" },
  { name: "psnr", unit: "PSNR dB" },
];
let workerPool = null; // started with the first decoder
const WIDE_PX = 1000; // pixels: labels stand beside the pictures, not above
const NARROW_PX = 560; // groups of at most eight side by side

function asScene({ shape: [n, channels, height, width], files: [bytes, z, quantiles] }) {
  const x = Float32Array.from(bytes, (level) => level / 255);
  return { n, channels, height, width, x, z: floats(z), quantiles: new Int16Array(quantiles.slice().buffer) };
}

// ---------------------------------------------------------------- what is computed

const isTrained = ({ data: { trained }, level }) => level === trained;

// Of a step, in units of the quantiles.
function wideAt(box) {
  const { spread, exponent } = box.data;
  return Math.max(1, rounded(isTrained(box) ? 2 ** -exponent : spread / 2 ** box.level));
}

const stepAt = (box) => wideAt(box) * 2 ** box.data.exponent;

function quantise(box, scene) {
  const about = `${box.data.scene} ${box.data.kind} ${box.level}`;
  if (box.coded?.about === about) return;
  if (box.scene !== scene) box.drawn = null; // another size
  box.scene = scene;
  box.coded = { about, ...quantised(scene, stepAt(box), tablesOf(scene.quantiles, wideAt(box))) };
}

function drawCodes(box, scene) {
  const { network, worker } = box.data;
  const { about, y } = box.coded;
  if (!ASSETS.has(network) || box.busy || box.failed || box.drawn?.about === about) return;
  workerPool = poolWith(workerPool, worker, network);
  const question = async () => {
    const levels = await workerPool.forward(network, y, scene.n);
    if (box.scene === scene && box.data.network === network) box.drawn = { about, levels, psnr: psnrOf(scene, levels) };
  };
  askOne(box, question, schedule);
}

// ---------------------------------------------------------------- what is seen

const meanOf = (numbers) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
const brief = (value) => value.toLocaleString("en", { maximumSignificantDigits: 2 });

function bytesWords({ away, coded, data: { bytes } }) {
  if (!away) return `${meanOf(bytes).toLocaleString("en", { maximumFractionDigits: 1 })} bytes an image`;
  return coded?.bits ? `about ${Math.ceil(meanOf(coded.bits) / 8).toLocaleString("en")} bytes an image` : "";
}

function headOf(box) {
  const { data, level } = box;
  const step = `step ${brief(stepAt(box))}${isTrained(box) ? ", for which it was trained" : ""}`;
  const meaning = [step, bytesWords(box)].filter(Boolean).join("; ");
  return {
    ...{ title: "Bits per number", level: level.toFixed(1), meaning, least: data.least, most: data.most, step: 0.1 },
    ...{ name: "Bits per number", says: `${level.toFixed(1)} bits per number, ${meaning}`, at: level },
  };
}

function sayMark({ mark, data: { trained, least, most } }) {
  mark.hidden = trained === null;
  if (trained !== null) mark.style.setProperty("--at", along((trained - least) / (most - least)));
}

function show(box, scene) {
  box.wide = box.clientWidth >= WIDE_PX;
  box.columns = Math.min(scene.n, box.clientWidth < NARROW_PX ? 8 : 16);
  const rows = box.data.rows.map(({ label, colour, live }) => [label, colour, live]);
  const shape = JSON.stringify([box.wide, box.columns, scene.n, scene.height, scene.width, rows]);
  if (box.shape !== shape) {
    build(box, scene);
    box.painted = [];
  }
  box.shape = shape;
  box.classList.toggle("wide", box.wide);
  box.classList.toggle("away", box.away);
}

// Those of a row; bytes are texts, so that a mark may stand beside them.
function figuresOfRow(box, row) {
  if (row.live !== "code") return { bytes: row.bytes, psnr: row.psnr.map(Number) };
  const estimated = box.coded.bits && Array.from(box.coded.bits, (bits) => `≈${Math.ceil(bits / 8)}`);
  return { bytes: box.away ? (estimated ?? []) : row.bytes, psnr: box.drawn?.psnr ?? [] };
}

function sayRows(box) {
  box.data.rows.forEach((row, r) => {
    const { bytes, psnr } = figuresOfRow(box, row);
    const failed = box.failed && row.live === "code";
    for (const { says, mean } of box.labels[r]) {
      change(says, "textContent", failed ? CANNOT_COMPUTE : row.says);
      if (mean) change(mean, "textContent", row.mean);
    }
    box.notes[r].forEach((note, i) => {
      change(note.bytes, "textContent", bytes[i] ?? "");
      change(note.psnr, "textContent", psnr[i] === undefined ? "" : decibels(psnr[i]));
    });
    for (const { strip, first, last } of box.strips[r]) {
      const said = isNoted(row) && !box.away ? `; bytes: ${bytes.slice(first, last).join(", ")}` : "";
      change(strip, "ariaLabel", `${row.label}, images ${first + 1} to ${last}${said}`);
    }
  });
}

const WHITE = 255; // of pictures from the server

function paintRows(box, scene) {
  const { rows, places, files } = box.data;
  rows.forEach((row, r) => {
    const levels = { original: scene.x, code: box.drawn?.levels }[row.live] ?? files[places.indexOf(r)];
    if (levels && box.painted[r] !== levels) paint(box, r, scene, levels, isLive(row) ? 1 : WHITE);
    box.painted[r] = levels;
  });
}

// The whole picture where the slider stands.
function update(box) {
  box.turn = 0;
  const { data } = box;
  box.away = box.level !== data.level;
  const scene = ASSETS.get(data.scene);
  if (scene) quantise(box, scene);
  sayHead(box, headOf(box));
  sayMark(box);
  if (box.save) nameSaveButton(box.save, data.png.title);
  tell(data.key, box.level);
  if (!scene || !box.clientWidth) return; // their arrival updates
  show(box, scene);
  drawCodes(box, scene);
  sayRows(box);
  paintRows(box, scene);
  box.dataset.updates = ++box.updates;
}

// Once a frame, however often it is asked for.
const schedule = (box) => (box.turn ||= requestAnimationFrame(() => update(box)));

// ---------------------------------------------------------------- from call to call

function create(data) {
  const box = document.createElement("div");
  box.className = "live";
  const head = createHead(box);
  box.mark = element(box, "div", "mark", "▲ trained for it");
  box.groups = element(box, "div", "groups");
  box.save = data.png && addSaveButton(head, data.png.title, () => asPicture(box.groups, box.data.png, [headOf(box).says]));
  Object.assign(box, { figures: FIGURES, updates: 0, told: [] });
  return listen(box);
}

function draw(data, parentElement, send) {
  const box = keep(BOXES, data.key, () => create(data), parentElement);
  if (box.data?.network !== data.network) Object.assign(box, { drawn: null, failed: false });
  Object.assign(box, { data, send });
  follow(box, data);
  schedule(box);
  return leaving(box, parentElement, () => {
    forget(BOXES, data.key, box);
    if (!BOXES.size) workerPool = workerPool?.terminate();
    unlisten(box);
  });
}

export default function ({ data: bytes, parentElement, setTriggerValue }) {
  const data = unpack(bytes);
  return data.assets ? take(data, parentElement, asScene) : draw(data, parentElement, setTriggerValue);
}
