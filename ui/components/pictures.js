// Called again at each change of data; the old pictures stay until the new ones have been decoded.

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

function arrange(box) {
  const wide = box.clientWidth >= 820;
  box.classList.toggle("wide", wide);
  const columns = Math.min(box.data.n, box.clientWidth < 560 ? 8 : 16) || 1;
  const { rows, n, height, width } = box.data;
  const shape = JSON.stringify([columns, n, height, width, rows.map(({ src, ...rest }) => rest)]);
  if (box.shape === shape) return;
  box.shape = shape;
  build(box, columns);
}

async function decoded(src) {
  const image = new Image();
  image.src = src;
  await image.decode();
  return image;
}

export default async function ({ data, parentElement }) {
  let box = parentElement.querySelector(".pictures");
  if (!box) {
    box = element(parentElement, "pictures");
    Object.assign(box, { data, sprites: [], calls: 0 });
    arrange(box); // takes its room before the first picture is there
    new ResizeObserver(() => (arrange(box), paint(box))).observe(box);
  }
  const call = ++box.calls;
  const sprites = await Promise.all(data.rows.map((row) => decoded(row.src)));
  if (call !== box.calls) return; // overtaken
  Object.assign(box, { data, sprites });
  arrange(box);
  paint(box);
}
