// Called again at each change of data; the old pictures stay until the new ones have been decoded. The box is kept by
// its key: Streamlit now and then takes the last elements of a fragment off the page and puts them back.

const KEPT = (window.autoencPictures ??= new Map());
const WIDE = 820; // pixels: labels stand beside the pictures, not above
const NARROW = 560; // two groups of eight instead of sixteen in a row
const HINT = "absolute difference of each pixel, from black (none) to white (as large as can be)";

function element(parent, className, text) {
  const child = document.createElement("div");
  child.className = className;
  if (text !== undefined) child.textContent = text;
  parent.append(child);
  return child;
}

function label(parent, { label, colour, kind }) {
  const cell = element(parent, "label");
  const key = element(cell, "key");
  key.style.background = kind === "error" ? `linear-gradient(90deg, #000, ${colour}, #fff)` : colour;
  element(cell, "text", label);
}

// Groups of as many images as fit side by side; in each group the rows above each other.
function build(box, columns) {
  const { rows, n, height, width } = box.data;
  box.replaceChildren();
  box.canvases = rows.map(() => []);
  box.style.setProperty("--columns", columns);
  for (let first = 0; first < n; first += columns) {
    const last = Math.min(n, first + columns);
    const group = element(box, "group");
    rows.forEach((row, r) => {
      label(group, row);
      const strip = element(group, "strip");
      strip.setAttribute("role", "img");
      strip.setAttribute("aria-label", `${row.label}, images ${first + 1} to ${last}`);
      if (row.kind === "error") strip.title = HINT;
      for (let i = first; i < last; i++) {
        const canvas = document.createElement("canvas");
        Object.assign(canvas, { width, height });
        strip.append(canvas);
        box.canvases[r].push(canvas);
      }
      if (!row.notes) return;
      const notes = element(group, "strip notes");
      row.notes.slice(first, last).forEach((note) => element(notes, "note", note));
    });
  }
}

function paint(box) {
  const { height, width } = box.data;
  box.canvases.forEach((canvases, r) =>
    canvases.forEach((canvas, i) => {
      const context = canvas.getContext("2d");
      context.clearRect(0, 0, width, height);
      if (box.sprites[r]) context.drawImage(box.sprites[r], i * width, 0, width, height, 0, 0, width, height);
    }),
  );
}

function show(box) {
  if (!box.clientWidth) return; // in a closed tab; shown when it opens
  box.classList.toggle("wide", box.clientWidth >= WIDE);
  const { rows, n, height, width } = box.data;
  const columns = Math.min(n, box.clientWidth < NARROW ? 8 : 16);
  const shape = JSON.stringify([columns, n, height, width, rows.map(({ src, ...rest }) => rest)]);
  if (box.shape !== shape) build(box, columns);
  box.shape = shape;
  paint(box);
}

async function decoded(src) {
  const image = new Image();
  image.src = src;
  await image.decode();
  return image;
}

function create(data) {
  const box = document.createElement("div");
  box.className = "pictures";
  Object.assign(box, { data, sprites: [], calls: 0 });
  box.sizes = new ResizeObserver(() => show(box));
  box.sizes.observe(box);
  return box;
}

async function update(box, data) {
  const call = ++box.calls;
  const sprites = await Promise.all(data.rows.map((row) => decoded(row.src)));
  if (call !== box.calls) return; // overtaken
  Object.assign(box, { data, sprites });
  show(box);
}

export default function ({ data, parentElement }) {
  const box = KEPT.get(data.key) ?? create(data);
  KEPT.set(data.key, box);
  if (box.parentNode !== parentElement) parentElement.append(box);
  show(box); // takes its room before the first picture is there
  update(box, data);
  const drop = () => {
    if (box.isConnected) return; // also where this call was overtaken by the next
    if (KEPT.get(data.key) === box) KEPT.delete(data.key);
    box.sizes.disconnect();
  };
  return () => setTimeout(drop, 3000);
}
