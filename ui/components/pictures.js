// Called again at each change of data; the old pictures stay until the new ones have been decoded.

const BOXES = (window.autoencPictures ??= new Map());
const SHEETS = (window.autoencSheets ??= new Map()); // what is handed over apart: id -> {bytes, a promise; give; holders}
const WIDE_PX = 1000; // pixels: labels stand beside the pictures, not above
const NARROW_PX = 560; // groups of fewer side by side
const AT_ONCE = 8; // frames that are decoded at the same time
const [MIN_FILM_MS, FRAME_MS, END_MS] = [3000, 150, 1500]; // milliseconds: a film, a frame, the end before it begins again

// ---------------------------------------------------------------- what is handed over apart

function sheetOf(id) {
  if (!SHEETS.has(id)) {
    const sheet = { holders: new Set() };
    sheet.bytes = new Promise((give) => (sheet.give = give));
    SHEETS.set(id, sheet);
  }
  return SHEETS.get(id);
}

// It comes before the pictures that show it, or after.
function take({ sheet: id, files: [bytes] }, parentElement) {
  const sheet = sheetOf(id);
  sheet.give(bytes);
  return hold(sheet.holders, parentElement, "autoenc-sheet", () => forget(SHEETS, id, sheet));
}

// ---------------------------------------------------------------- what stands where

function shownRows({ rows, difference }) {
  const colour = `linear-gradient(90deg, #000, ${difference}, #fff)`;
  return difference ? [...rows, { label: "Error", colour, error: true }] : rows;
}

function addLabel(group, row) {
  const label = element(group, "div", "label");
  if (!row) return;
  element(label, "div", "key").style.background = row.colour;
  element(label, "div", "", row.label);
}

// Groups of as many images as fit side by side; in each group the rows above each other.
function build(box, columns) {
  const { n, height, width, choose } = box.data;
  const rows = shownRows(box.data);
  box.groups.replaceChildren();
  Object.assign(box, { canvases: rows.map(() => []), notes: rows.map(() => []), choices: [] });
  const lengths = rows.flatMap(({ notes }) => notes ?? []).flatMap((note) => note.split("\n").map((line) => line.length));
  box.style.cssText = `--columns: ${columns}; --longest-note: ${Math.max(0, ...lengths)}`;
  for (let first = 0; first < n; first += columns) {
    const last = Math.min(n, first + columns);
    const group = element(box.groups, "div", "group");
    rows.forEach((row, r) => {
      if (!first || rows.length > 1) addLabel(group, row);
      else if (box.wide) addLabel(group);
      const strip = element(group, "div", "strip");
      strip.role = row.hints && !choose ? "group" : "img"; // where each image has its own words
      strip.ariaLabel = `${row.label}, images ${first + 1} to ${last}`;
      if (row.error) strip.title = "absolute difference of each pixel: black = no error, white = the largest possible";
      const notes = row.notes && element(group, "div", "strip notes");
      for (let i = first; i < last; i++) {
        box.canvases[r].push(Object.assign(element(strip, "canvas"), { width, height }));
        if (notes) box.notes[r].push(element(notes, "div", "note"));
      }
    });
    if (choose) addChoices(box, element(group, "div", "choices"), first, last);
  }
}

function addChoices(box, parent, first, last) {
  Object.assign(parent, { role: "group", ariaLabel: "choose an image with the arrow keys" });
  for (let i = first; i < last; i++) {
    const choice = element(parent, "button", "choice");
    Object.assign(choice, { type: "button", tabIndex: i ? -1 : 0, onclick: () => box.send("chosen", i) });
    choice.onfocus = () => box.choices.forEach((other) => (other.tabIndex = other === choice ? 0 : -1));
    choice.onkeydown = (event) => {
      const { columns, choices } = box;
      const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
      const target = { Home: 0, End: choices.length - 1 }[event.key] ?? i + steps[event.key];
      if (Number.isNaN(target)) return;
      event.preventDefault();
      choices[target]?.focus();
    };
    box.choices.push(choice);
  }
}

// Notes and hints of the frame that is shown.
function say(box) {
  const { bar, save, data: { rows, n, film, choose, png } } = box;
  const of = (texts, i) => texts?.[texts.length > n ? box.frame * n + i : i];
  rows.forEach((row, r) => {
    box.notes[r].forEach((note, i) => (change(note, "textContent", of(row.notes, i)), note.classList.toggle("marked", !!of(row.marked, i))));
    if (!row.hints || choose) return;
    box.canvases[r].forEach((canvas, i) => {
      change(canvas, "title", of(row.hints, i));
      Object.assign(canvas, { role: "img", ariaLabel: `image ${i + 1}: ${canvas.title}` });
    });
  });
  box.choices.forEach((choice, i) => {
    const said = rows.map((row) => of(row.hints, i) ?? of(row.notes, i)?.replaceAll("\n", ", ")).filter(Boolean);
    change(choice, "title", said.join("\n"));
    change(choice, "ariaLabel", [`image ${i + 1}`, ...said, "choose to enlarge"].join(", "));
  });
  if (save) nameSaveButton(save, png.title);
  bar.hidden = !film;
  if (!film) return;
  const last = film.steps.length - 1;
  bar.play.disabled = bar.range.disabled = !last;
  const [max, value] = last ? [last, box.frame] : [1, 1]; // one frame is the last
  Object.assign(bar.range, { max, value, ariaValueText: film.marks[box.frame] });
  change(bar.mark, "textContent", film.marks[box.frame]);
  bar.style.setProperty("--longest", Math.max(...film.marks.map((mark) => mark.length)));
}

// ---------------------------------------------------------------- pixels

const frameOf = (row, frame) => row.frames[Math.min(frame, row.frames.length - 1)];

function bitmap(box, id) {
  const file = box.files.get(id);
  return (file.decoded ??= Promise.resolve(file.bytes).then(decode).then((bitmap) => ((file.bytes = null), (file.bitmap = bitmap))));
}

const decoded = (box, frame) => Promise.all(box.data.rows.map((row) => bitmap(box, frameOf(row, frame))));

// All frames, so that none is waited for while the film plays.
function decodeAll(box) {
  const { data } = box;
  const waiting = data.film.steps.map((_, frame) => frame);
  const work = async () => {
    while (waiting.length && box.data === data) await decoded(box, waiting.shift());
  };
  for (let i = 0; i < AT_ONCE; i++) work().catch(box.fail);
}

function paint(box) {
  const { rows, n, difference: colour } = box.data;
  const sprites = rows.map((row) => box.files.get(frameOf(row, box.frame))?.bitmap);
  if (!sprites.every(Boolean)) return; // whoever decodes them paints them
  const draw = (r, put) =>
    box.canvases[r].forEach((canvas, i) => put(canvas.getContext("2d"), place(i, box.data), i));
  sprites.forEach((sprite, r) =>
    draw(r, (context, [x, y, w, h]) => context.drawImage(sprite, x, y, w, h, 0, 0, w, h)),
  );
  if (!colour || !n) return;
  if (box.first?.sprite !== sprites[0]) box.first = { sprite: sprites[0], pixels: pixels(sprites[0]) };
  if (box.ramp?.colour !== colour) box.ramp = { colour, colours: ramp(colour) };
  const error = difference(box.first.pixels, pixels(sprites.at(-1)), box.ramp.colours);
  draw(rows.length, (context, [x, y, w, h]) => context.putImageData(error, -x, -y, x, y, w, h));
}

function show(box) {
  if (!box.clientWidth) return; // in a closed tab; shown when it opens
  const { n, height, width, choose } = box.data;
  box.wide = box.clientWidth >= WIDE_PX && box.data.columns > 8; // fewer have the room to be large
  box.classList.toggle("wide", box.wide);
  box.columns = Math.min(n, box.data.columns, box.clientWidth < NARROW_PX ? box.data.narrow_columns : n);
  const rows = shownRows(box.data).map(({ label, colour, notes }) => [label, colour, !notes]);
  const shape = JSON.stringify([box.wide, box.columns, n, height, width, choose, rows]);
  if (box.shape !== shape) build(box, box.columns);
  box.shape = shape;
  say(box);
  paint(box);
}

// ---------------------------------------------------------------- the film

const tell = (key, at) => dispatchEvent(new CustomEvent("autoenc-moment", { detail: { key, at } }));

async function go(box, frame) {
  const { data } = box;
  box.frame = frame;
  await decoded(box, frame);
  if (box.data !== data || box.frame !== frame) return; // overtaken
  show(box);
  tell(data.key, data.film.steps[frame]);
}

function pause(box) {
  box.playing = null;
  showPlaying(box.bar.play, false);
}

function play(box) {
  const turn = (box.playing = { due: performance.now() });
  showPlaying(box.bar.play, true);
  decodeAll(box);
  const tick = async (now) => {
    if (box.playing !== turn) return;
    if (box.isConnected && now >= turn.due) {
      const { steps, autoplay } = box.data.film;
      const last = steps.length - 1;
      const pace = Math.max(MIN_FILM_MS / steps.length, FRAME_MS);
      await go(box, box.frame < last ? box.frame + 1 : 0);
      if (box.frame === last && !autoplay) return box.playing === turn && pause(box);
      turn.due = box.frame === last ? now + END_MS : Math.max(turn.due + pace, now + pace / 2);
    }
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}

function createBar(box) {
  const bar = element(box, "div", "film");
  const range = element(bar, "input");
  Object.assign(range, { type: "range", min: 0, step: 1, ariaLabel: "Moment of the training" });
  range.oninput = () => (pause(box), go(box, +range.value).catch(box.fail));
  Object.assign(bar, { range, play: playButton(bar, () => (box.playing ? pause(box) : play(box))) });
  bar.prepend(bar.play);
  bar.mark = element(bar, "div", "mark");
  bar.onpointerenter = bar.onfocusin = () => decodeAll(box);
  showPlaying(bar.play, false);
  return bar;
}

function seek(box, { key, at }) {
  if (key !== box.data.key || !box.data.film) return;
  const far = box.data.film.steps.map((step) => Math.abs(step - at));
  pause(box);
  go(box, far.indexOf(Math.min(...far))).catch(box.fail);
}

// ---------------------------------------------------------------- from call to call

function create(data) {
  const box = document.createElement("div");
  box.className = "pictures";
  box.groups = element(box, "div", "groups");
  box.bar = createBar(box);
  const seen = () => asPicture(box.groups, box.data.png, [box.bar.mark.textContent]);
  box.save = data.png && addSaveButton(data.film ? box.bar : box, data.png.title, seen);
  Object.assign(box, { files: new Map(), frame: 0, calls: 0 });
  Object.assign(box, accept(box, data));
  box.sizes = new ResizeObserver(() => show(box));
  box.sizes.observe(box);
  addEventListener("autoenc-seek", (box.seek = ({ detail }) => seek(box, detail)));
  return box;
}

// A film is the same one if it begins with the same pictures: then the reader's place in it is kept.
const beginning = ({ film, rows }) => film && JSON.stringify(rows.map((row) => row.frames[0]));

// What the box will be with this data; what has been decoded is not decoded again.
function accept({ data: before, files, frame }, data) {
  const same = before && beginning(before) === beginning(data);
  const steps = data.film?.steps ?? [0];
  const atEnd = !same || !data.film || frame === before.film.steps.length - 1;
  const kept = atEnd ? -1 : steps.findIndex((step) => step >= before.film.steps[frame]);
  const sent = data.ids.map((id, i) => [id, files.get(id) ?? { bytes: data.files[i] }]);
  const apart = data.apart.map((id) => [id, files.get(id) ?? { bytes: sheetOf(id).bytes }]);
  const entries = [...sent, ...apart];
  return { data, same, files: new Map(entries), frame: kept < 0 ? steps.length - 1 : kept };
}

async function update(box, data) {
  const call = ++box.calls;
  let next, seen;
  do {
    seen = box.frame; // the film may move on while its new pictures are decoded
    next = box.data === data ? box : accept(box, data);
    await decoded(next, next.frame);
    if (call !== box.calls) return; // overtaken
  } while (seen !== box.frame);
  for (const [id, file] of box.files) if (!next.files.has(id)) file.decoded?.then((bitmap) => bitmap.close());
  const { files, frame, same } = next;
  Object.assign(box, { data, files, frame });
  show(box);
  if (same) return;
  pause(box);
  tell(data.key, null);
  if (data.film?.autoplay && data.film.steps.length > 1 && !STILL.matches) play(box);
}

const same = (a, b) => a?.length === b.length && b.every((byte, i) => byte === a[i]);

function draw(data, bytes, { parentElement, setTriggerValue, fail }) {
  const moved = BOXES.get(data.key)?.parentNode !== parentElement;
  const box = keep(BOXES, data.key, () => create(data), parentElement);
  Object.assign(box, { send: setTriggerValue, fail });
  if (moved || !same(box.bytes, bytes)) {
    box.bytes = bytes;
    show(box); // takes its room before the first picture is there
    update(box, data).catch(fail);
  }
  return leaving(box, parentElement, () => {
    forget(BOXES, data.key, box);
    box.calls++; // what is still being decoded plays no more
    pause(box);
    box.sizes.disconnect();
    removeEventListener("autoenc-seek", box.seek);
    tell(data.key, null);
  });
}

export default function (given) {
  const data = unpack(given.data);
  return data.sheet ? take(data, given.parentElement) : draw(data, given.data, given);
}
