// Rows of pictures with labels and figures, as live_model and live_code show them. `box` is the whole, kept from call to call;
// its `figures` name what stands under each picture, a line each.

// ---------------------------------------------------------------- what stands where

const isNoted = ({ live }) => live !== "original";
const isLive = ({ live }) => live !== null;

function addLabel(group, row) {
  const label = element(group, "div", "label");
  element(label, "div", "key").style.background = row.colour;
  const words = element(label, "div", "words");
  element(words, "div", "", row.label);
  return { words, says: element(words, "div", "says") };
}

// On a wide screen beside the figures, on a narrow one in the line of the label.
function addUnits(box, group, label, isFirst) {
  const { wide } = box;
  const place = wide ? element(group, "div", "figures") : label.words;
  label.mean = element(place, "div", "mean");
  const units = box.figures.map(({ unit }) => unit);
  if (wide) element(place, "div", "units", units.join("\n"));
  else if (isFirst) element(place, "div", "units", units.join(" / "));
}

function addNote(parent, figures) {
  const note = element(parent, "div", "note");
  for (const { name } of figures) note[name] = element(element(note, "div", name), "span");
  return note;
}

// A row has up to three lines of the grid: the pictures, what is read in them, figures.
function addRow(box, group, r, first, last) {
  const { rows, reader } = box.data;
  const row = rows[r];
  const kind = isLive(row) ? "" : " server";
  const before = group.childElementCount;
  const label = addLabel(group, row);
  const strip = element(group, "div", `strip${kind}${isNoted(row) || reader ? " noted" : ""}`);
  Object.assign(strip, { role: "img", ariaLabel: `${row.label}, images ${first + 1} to ${last}` });
  if (reader) label.count = addCount(box.wide ? group : label.words, reader);
  const readings = reader && element(group, "div", `strip readings${kind}`);
  if (isNoted(row)) addUnits(box, group, label, r === rows.findIndex(isNoted));
  const notes = isNoted(row) && element(group, "div", `strip notes${kind}`);
  for (const child of [...group.children].slice(before)) child.style.setProperty("--line", 3 * r + 1);
  box.labels[r].push(label);
  box.strips[r].push({ strip, first, last });
  for (let i = first; i < last; i++) {
    box.canvases[r].push(element(strip, "canvas"));
    if (reader) box.readings[r].push(addReading(readings, reader));
    if (notes) box.notes[r].push(addNote(notes, box.figures));
  }
}

// Groups of as many images as fit side by side; in each group the rows above each other.
function build(box, { n, height, width }) {
  const { rows, reader } = box.data;
  const none = () => rows.map(() => []);
  box.groups.replaceChildren();
  Object.assign(box, { canvases: none(), readings: none(), notes: none(), labels: none(), strips: none() });
  box.classList.toggle("readable", Boolean(reader));
  box.classList.toggle("names", Boolean(reader) && !areShort(reader));
  box.style.setProperty("--columns", box.columns);
  box.style.setProperty("--rows", rows.length);
  for (let first = 0; first < n; first += box.columns) {
    const group = element(box.groups, "div", "group");
    rows.forEach((row, r) => addRow(box, group, r, first, Math.min(n, first + box.columns)));
  }
  for (const canvas of box.canvases.flat()) Object.assign(canvas, { width, height });
}

// ---------------------------------------------------------------- figures

const decibels = (psnr) => (psnr === Infinity ? "∞" : Number.isNaN(psnr) ? "–" : psnr.toFixed(1));
const similarity = (ssim) => ssim.toFixed(2).replace(/^(-?)0/, "$1");

function psnrOf({ x, n }, y) {
  const size = x.length / n;
  return Array.from({ length: n }, (_, image) => {
    let sum = 0;
    for (let i = image * size; i < (image + 1) * size; i++) sum += (x[i] - y[i]) ** 2;
    return -10 * Math.log10(sum / size);
  });
}

// What is known of each row; undefined: nothing. A network that lags has the figures of the picture that it shows.
function currentPsnr(box) {
  return box.data.rows.map((row) => {
    if (!isNoted(row)) return;
    if (isLive(row)) return box.outputs.get(row.live)?.psnr;
    return box.away || !row.psnr.length ? undefined : row.psnr.map(Number);
  });
}

// Of each column the most, over all rows.
const bestOf = (all, n) =>
  Array.from({ length: n }, (_, i) => Math.max(...all.map((row) => row?.[i] ?? NaN).filter((v) => !Number.isNaN(v))));

function sayFigure(node, value, best, say) {
  change(node, "textContent", value === undefined ? "" : say(value));
  change(node, "className", value === best ? "best" : "");
  change(node, "title", value === best ? "the best of this column" : "");
}

function sayFigures(box, scene) {
  const { rows } = box.data;
  const psnr = currentPsnr(box);
  const ssim = rows.map((row) => row.ssim.map(Number)); // of the level at which the slider rests
  const [bestPsnr, bestSsim] = [bestOf(psnr, scene.n), bestOf(ssim, scene.n)];
  rows.forEach((row, r) => {
    for (const { says, mean } of box.labels[r]) {
      change(says, "textContent", box.failed.has(row.live) ? CANNOT_COMPUTE : row.says);
      if (mean) change(mean, "textContent", row.mean);
    }
    box.notes[r].forEach((note, i) => {
      sayFigure(note.psnr, psnr[r]?.[i], bestPsnr[i], decibels);
      sayFigure(note.ssim, ssim[r][i], bestSsim[i], similarity);
    });
  });
}

// ---------------------------------------------------------------- pixels

// Numbers from 0 to `white` on the canvases of a row.
function paint(box, r, { channels, height, width }, levels, white) {
  const shape = [channels, height, width];
  box.canvases[r].forEach((canvas, i) => paintLevels(canvas, levels, shape, { first: i * channels * height * width, white }));
}
