// Called again at each change of data or theme; what must last hangs on the box.

const BOXES = (window.autoencForwardPasses ??= new Map());
const MIN_ROW_PX = 640; // pixels: below, it goes from top to bottom
const STEP_MS = 1800; // milliseconds, from one step to the next
const [CHANGE_MS, STAGGER_MS] = [450, 250]; // how long a part takes to change, and how much later the next one begins
const ROW = 64; // bars in a row
const ARROW = '<svg viewBox="0 0 30 16" aria-hidden="true"><path d="M2 8h25M20 2l7 6-7 6"/></svg>';

const counted = (n, what) => `${n.toLocaleString("en")} ${n === 1 ? what : `${what}s`}`;

// ---------------------------------------------------------------- what stands where

function addWords(part, name, ...lines) {
  const words = element(part, "div", "words");
  const line = element(words, "div", "name");
  const key = element(line, "div", "key");
  element(line, "div", "", name);
  for (const text of lines) element(words, "div", "", text);
  return key;
}

function addImageReading(part, { name, sure, title, is_other: isOther }) {
  const words = part.querySelector(".words");
  sayWords(element(words, "div", "reads"), { is: 0, sure }, { classes: [name], title }, isOther);
}

function addImage(box, { label, colour, lines, reading }) {
  const { width, height } = box.data.shape;
  const part = element(box.way, "div", "part");
  const canvas = Object.assign(element(element(part, "div", "stage"), "canvas"), { width, height });
  addWords(part, label, ...lines).style.background = colour;
  if (reading) addImageReading(part, reading);
  box.columns.push(16);
  return canvas;
}

function addPipe(box, name, kind) {
  const pipe = element(box.way, "div", `pipe ${kind}`);
  const stage = element(pipe, "div", "stage");
  if (kind) element(stage, "div", "shape");
  const arrow = element(stage, "div", "arrow");
  arrow.innerHTML = ARROW;
  arrow.prepend(name);
  box.columns.push(kind ? 9 : 4.5);
}

function addCode(box) {
  const { n, maps, of, height, width } = box.data.code;
  const part = element(box.way, "div", `part code ${maps ? "maps" : ""}`);
  const canvas = element(element(element(part, "div", "stage"), "div", "frame"), "canvas");
  if (maps) {
    const columns = Math.ceil(Math.sqrt(maps));
    const rows = Math.ceil(maps / columns);
    Object.assign(canvas, { width: columns * (width + 1) - 1, height: rows * (height + 1) - 1 });
    Object.assign(canvas, { columns });
  }
  addWords(part, "Code", counted(n, "number"), ...(maps < of ? [`${maps} of ${counted(of, "map")} drawn`] : []));
  box.columns.push(14);
  return canvas;
}

function build(box) {
  const { caption, images, difference, shape, code, captions: texts } = box.data;
  const n = shape.channels * shape.width * shape.height;
  const lines = [counted(shape.width * shape.height, "pixel"), ...(shape.channels > 1 ? [counted(n, "number")] : [])];
  box.replaceChildren();
  box.columns = []; // the share of the width that each has
  const label = `An image of ${lines.at(-1)}, its code of ${counted(code.n, "number")}, and its reconstruction`;
  box.ariaLabel = caption || label;
  if (caption) element(box, "div", "caption", caption);
  box.way = element(box, "div", "way");
  // As narrow as the code is small; not narrower than can be seen.
  const neck = Math.min(1, Math.max(0.45, Math.sqrt(code.n / n)));
  box.style.setProperty("--neck", neck);
  box.style.setProperty("--slope", `${50 * (1 - neck)}%`);
  const inputs = images.slice(0, -1).map((image, i) => {
    if (i) addPipe(box, "noise", "");
    return addImage(box, { ...image, lines });
  });
  addPipe(box, "encoder", "encoder");
  box.bars = addCode(box);
  addPipe(box, "decoder", "decoder");
  box.canvases = [...inputs, addImage(box, { ...images.at(-1), lines })];
  if (difference) {
    const colour = `linear-gradient(90deg, #000, ${difference}, #fff)`;
    box.canvases.push(addImage(box, { label: "Error", colour, lines: ["black = no error"] }));
  }
  box.way.style.gridTemplateColumns = box.columns.map((share) => `minmax(0, ${share}fr)`).join(" ");
  box.style.setProperty("--rem", box.columns.reduce((sum, share) => sum + share + 0.7)); // where there is room
  const below = element(box, "div", "below");
  box.play = texts.length > 1 && playButton(below, () => (box.timer ? pause(box) : play(box)));
  const sentences = element(below, "div", "sentences"); // in one place, which has room for the longest
  box.sentences = texts.map((text) => element(sentences, "div", "", text));
  const seen = () => asPicture(box.way, box.data.png, [caption, texts[box.step]], () => paint(box));
  box.save = box.data.png && addSaveButton(box, box.data.png.title, seen);
}

// ---------------------------------------------------------------- pixels

// The pictures of all steps, each in one: images, the error, the feature maps in their colours.
async function sources({ files, shape, code, difference: colour, images }, primary) {
  const sprites = await Promise.all(files.slice(0, images.length).map(decode));
  if (colour) {
    const error = difference(pixels(sprites[0]), pixels(sprites.at(-1)), ramp(colour));
    sprites.push(await createImageBitmap(error));
  }
  if (!code.maps) return { sprites, levels: new Int8Array(files.at(-1)) };
  const image = pixels(await decode(files.at(-1)));
  return { sprites, maps: await createImageBitmap(coloured(image, (at) => image.data[at], ramp(primary))) };
}

// From one step to another, part of the way; where it has arrived, exactly.
function blend(canvas, part, draw, from, to) {
  const context = canvas.getContext("2d");
  for (const [step, alpha] of part < 1 ? [[from, 1], [to, part]] : [[to, 1]]) {
    context.globalAlpha = alpha;
    draw(context, step);
  }
  context.globalAlpha = 1;
}

function drawBars(box, part, from, to) {
  const { bars: canvas, levels } = box;
  const k = box.data.code.bars;
  const sharp = devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((size) => Math.round(size * sharp));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const style = getComputedStyle(box);
  context.clearRect(0, 0, width, height);
  const inRow = Math.max(Math.min(k, ROW), Math.ceil(k / 8));
  const rows = Math.ceil(k / inRow);
  const middle = height / rows / 2;
  const pad = 6 * sharp;
  const step = Math.min((width - 2 * pad) / inRow, 26 * sharp);
  const left = (width - step * inRow) / 2;
  const signed = box.signed;
  for (let row = 0; row < rows; row++) {
    const zero = signed ? (2 * row + 1) * middle : (2 * row + 2) * middle - pad;
    context.fillStyle = style.getPropertyValue("--st-primary-color");
    for (let i = row * inRow; i < Math.min(k, (row + 1) * inRow); i++) {
      const level = levels[from * k + i] * (1 - part) + levels[to * k + i] * part;
      const tall = (level / 127) * (signed ? middle - pad : 2 * middle - 2 * pad);
      context.fillRect(left + (i % inRow) * step, zero, step * (step > 3 * sharp ? 0.8 : 1), -tall);
    }
    context.globalAlpha = 0.5;
    context.fillStyle = style.color;
    context.fillRect(left, zero, step * inRow, sharp);
    context.globalAlpha = 1;
  }
}

function drawMaps(box, part, from, to) {
  const { bars: canvas, maps: source } = box;
  const { maps, width, height, across } = box.data.code;
  const draw = (context, step) => {
    for (let i = 0; i < maps; i++) {
      const to = [(i % canvas.columns) * (width + 1), Math.floor(i / canvas.columns) * (height + 1), width, height];
      context.drawImage(source, ...place(step * maps + i, { across, width, height }), ...to);
    }
  };
  blend(canvas, part, draw, from, to);
}

// The change runs through the picture as the image does: first what goes in, then the code, then what comes out.
function paint(box, elapsed = Infinity) {
  if (!box.sprites || !box.clientWidth) return;
  const { from, step } = box;
  const { width, height } = box.data.shape;
  const part = (turn) => {
    const t = Math.min(1, Math.max(0, (elapsed - turn * STAGGER_MS) / CHANGE_MS));
    return t * t * (3 - 2 * t);
  };
  const outputs = box.data.difference ? 2 : 1;
  box.sprites.forEach((sprite, i) => {
    const turn = i < box.sprites.length - outputs ? 0 : 2;
    const draw = (context, step) => context.drawImage(sprite, ...place(step, box.data.shape), 0, 0, width, height);
    blend(box.canvases[i], part(turn), draw, from, step);
  });
  (box.maps ? drawMaps : drawBars)(box, part(1), from, step);
}

// ---------------------------------------------------------------- moving on

function say(box) {
  box.sentences.forEach((sentence, i) => (sentence.ariaHidden = i !== box.step));
  if (box.play) showPlaying(box.play, !!box.timer);
  if (box.save) nameSaveButton(box.save, box.data.png.title);
}

function next(box) {
  if (document.hidden || !box.isConnected) return;
  box.from = box.step;
  box.step = (box.step + 1) % box.data.captions.length;
  say(box);
  if (STILL.matches) return paint(box);
  const start = performance.now();
  const { step } = box;
  const tick = (now) => {
    if (box.step !== step) return;
    paint(box, now - start);
    if (now - start < CHANGE_MS + 2 * STAGGER_MS) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}

function play(box) {
  box.timer = setInterval(() => next(box), STEP_MS);
  say(box);
}

function pause(box) {
  clearInterval(box.timer);
  box.timer = 0;
  say(box);
}

// ---------------------------------------------------------------- from call to call

function show(box) {
  if (!box.clientWidth) return; // in a closed tab; shown when it opens
  box.classList.toggle("down", box.clientWidth < MIN_ROW_PX);
  paint(box);
}

function create() {
  const box = document.createElement("figure");
  box.className = "forward-pass";
  box.role = "figure";
  Object.assign(box, { calls: 0, step: 0, from: 0, timer: 0 });
  box.sizes = new ResizeObserver(() => show(box));
  box.sizes.observe(box);
  return box;
}

async function update(box, data) {
  const call = ++box.calls;
  const same = (name) => JSON.stringify(box.data?.[name]) === JSON.stringify(data[name]);
  const isNew = !["caption", "captions", "images", "shape", "code", "difference"].every(same);
  const begins = !box.data;
  if (begins) (box.data = data), build(box), say(box), show(box); // takes its room before the first picture is there
  const made = await sources(data, getComputedStyle(box).getPropertyValue("--st-primary-color").trim());
  if (call !== box.calls) return; // overtaken
  Object.assign(box, { data, maps: null, levels: null }, made);
  box.signed = box.levels?.some((level) => level < 0);
  if (isNew && !begins) build(box);
  if (isNew) box.from = box.step = 0;
  box.from = box.step;
  say(box);
  show(box);
  if (begins && data.playing && data.captions.length > 1 && !STILL.matches) play(box);
}

export default function ({ data: bytes, parentElement, fail }) {
  const data = unpack(bytes);
  const box = keep(BOXES, data.key, create, parentElement);
  update(box, data).catch(fail);
  return leaving(box, parentElement, () => {
    forget(BOXES, data.key, box);
    box.calls++; // what is still being decoded plays no more
    box.sizes.disconnect();
    clearInterval(box.timer);
  });
}
