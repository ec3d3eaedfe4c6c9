// A walk through the code under the finger: large pictures, a slider, and a film of all of it.
// Called again at each change of data; images, codes and the decoder come by themselves, before or after.

const BOXES = (window.autoencWalks ??= new Map());
const NARROW_PX = 560; // every second picture of the film
const WAY_MS = 2500; // milliseconds: once from one end to the other

// ---------------------------------------------------------------- what stands where

function addTile(box, tile) {
  const { parts } = box;
  if (tile.sign) element(box.stage, "div", "sign", tile.sign);
  const figure = element(box.stage, "figure", `tile${tile.way ? " way" : ""}`);
  if (tile.slot) parts.still.push({ canvas: addSlot(box, figure, tile.slot), slot: tile.slot });
  else if (tile.way) parts.ways[tile.way] = Object.assign(element(figure, "canvas", tile.way), { role: "img", ariaLabel: tile.label });
  else if (tile.number !== null) parts.still.push({ canvas: Object.assign(element(figure, "canvas"), { role: "img", ariaLabel: tile.label }), number: tile.number });
  else Object.assign(element(figure, "div", "unknown", "?"), { role: "img", ariaLabel: tile.label });
  const caption = element(figure, "figcaption");
  if (tile.colour) element(caption, "span", "key").style.background = tile.colour;
  element(caption, "span", "label", tile.label);
  if (tile.slot) parts.names[tile.slot] = element(caption, "span", "name");
  if (tile.way && box.data.reader) parts.reads[tile.way] = element(figure, "div", "reads");
}

function addFilmRow(box, { way, label, colour }) {
  const { parts, data: { reader } } = box;
  const head = element(box.filmRows, "div", "film-label");
  element(head, "span", "key").style.background = colour;
  element(head, "span", "", label);
  const strip = Object.assign(element(box.filmRows, "div", "strip"), { role: "img", ariaLabel: `${label}, from one end to the other` });
  const notes = reader && element(box.filmRows, "div", "strip notes");
  const percents = stepsOf(box);
  parts.film[way] = percents.map((percent) => {
    const canvas = element(strip, "canvas");
    canvas.title = `${Math.round(percent)} %`;
    canvas.onclick = () => (moveTo(box, Math.round(percent)), rest(box));
    return canvas;
  });
  if (reader) parts.notes[way] = percents.map(() => addReading(notes, reader));
}

function build(box) {
  const { tiles, choices, reader, steps } = box.data;
  const shape = JSON.stringify([tiles, choices, reader, steps]);
  if (box.shape === shape) return;
  box.shape = shape;
  for (const part of [box.choices, box.stage, box.filmRows]) part.replaceChildren();
  box.parts = { still: [], ways: {}, reads: {}, notes: {}, film: {}, slots: {}, names: {}, choices: [] };
  tiles.forEach((tile) => addTile(box, tile));
  box.stage.style.gridTemplateColumns = tiles.map(({ way, sign }) => `${sign ? "auto " : ""}minmax(0, ${way ? 3 : 2}fr)`).join(" ");
  box.stage.style.setProperty("--parts", tiles.reduce((sum, { way, sign }) => sum + (way ? 3 : 2) + (sign ? 0.7 : 0), 0));
  tiles.filter(({ way }) => way).forEach((tile) => addFilmRow(box, tile));
  box.choices.hidden = !choices.length;
  box.parts.choices = choices.map((number, i) => addChoice(box, box.choices, number, i));
  if (choices.length) element(box.choices, "div", "hint", "Drag one to A or B.");
  box.classList.toggle("still", !waysOf(box).length);
}

// ---------------------------------------------------------------- what is seen

function whereOf(box, scene) {
  const { data } = box;
  if (!hasSlots(box)) return data;
  const isThere = scene.at.has(box.slots.a) && scene.at.has(box.slots.b);
  if (!isThere) box.slots = { a: data.start, b: data.plus };
  return { start: box.slots.a, plus: box.slots.b, minus: box.slots.a };
}

function headOf(box) {
  const { data, level, read, pair } = box;
  const words = ([way, readings]) => `${box.data.tiles.find((tile) => tile.way === way)?.label}: ${readings[0] ? briefWords(readings[0], data.reader) : "nothing"}`;
  const said = read.now?.pair === pair && data.reader ? Object.entries(read.now.byWay).map(words) : [];
  return {
    ...{ title: data.title, level: `${level} %`, meaning: box.failed ? CANNOT_COMPUTE : "" },
    ...{ least: 0, most: data.most, step: 1, at: level, name: data.title, says: [`${level} %`, ...said].join("; ") },
  };
}

function markHere(box) {
  const steps = box.data.steps - 1;
  const here = Math.round((box.level / box.data.most) * steps);
  for (const canvases of Object.values(box.parts.film)) canvases.forEach((canvas, i) => canvas.classList.toggle("here", i === here));
}

function paintStill(box, scene) {
  const { parts, slots } = box;
  const paintNumber = (canvas, number) => {
    const i = scene.at.get(number);
    if (i !== undefined) paintOn(canvas, scene, rowOf(scene.x, scene.n, i));
  };
  for (const { canvas, slot, number } of parts.still) paintNumber(canvas, slot ? slots[slot] : number);
  if (parts.painted === scene) return;
  for (const { canvas, number } of parts.choices) paintNumber(canvas, number);
  parts.painted = scene;
}

// The whole picture where the slider stands.
function update(box) {
  box.turn = 0;
  const { data } = box;
  const scene = ASSETS.get(data.scene);
  build(box);
  sayHead(box, headOf(box));
  showPlaying(box.play, Boolean(box.playing));
  if (box.save) nameSaveButton(box.save, data.png.title);
  if (!scene || !box.clientWidth) return; // their arrival updates
  box.classList.toggle("narrow", box.clientWidth < NARROW_PX);
  const where = whereOf(box, scene);
  const [start, plus, minus] = [where.start, where.plus, where.minus].map((number) => scene.at.get(number));
  if ([start, plus, minus].includes(undefined)) return; // of another scene, which is on its way
  box.walk = { start, plus, minus };
  box.pair = JSON.stringify([data.scene, data.network, start, plus, minus]);
  box.away = data.network === null && (where.start !== data.start || where.plus !== data.plus);
  box.classList.toggle("away", box.away);
  takeDrawn(box);
  if (waysOf(box).length) {
    drawCodes(box, scene);
    readAll(box, scene);
  }
  paintStill(box, scene);
  paintWays(box, scene);
  if (hasSlots(box)) saySlots(box, scene);
  sayReadings(box);
  markHere(box);
  box.dataset.updates = ++box.updates;
}

// Once a frame, however often it is asked for.
const schedule = (box) => (box.turn ||= requestAnimationFrame(() => update(box)));

// ---------------------------------------------------------------- to and fro

function moveTo(box, level) {
  stop(box);
  box.level = level;
  schedule(box);
}

function stop(box) {
  if (!box.playing) return;
  cancelAnimationFrame(box.playing);
  box.playing = 0;
  schedule(box);
}

function play(box) {
  if (box.playing) return stop(box), rest(box);
  const { most } = box.data;
  let [exact, way, before] = [box.level, box.level < most ? 1 : -1, performance.now()];
  const tick = (time) => {
    exact += (way * most * Math.min(100, time - before)) / WAY_MS;
    before = time;
    if (exact >= most || exact <= 0) way = exact > 0 ? -1 : 1;
    exact = Math.min(most, Math.max(0, exact));
    box.level = Math.round(exact);
    schedule(box);
    box.playing = box.isConnected ? requestAnimationFrame(tick) : 0;
  };
  box.playing = requestAnimationFrame(tick);
}

// ---------------------------------------------------------------- from call to call

function create(data) {
  const box = document.createElement("div");
  box.className = "live walk";
  box.choices = Object.assign(element(box, "div", "choices"), { role: "group", ariaLabel: "images: choose one with the arrow keys" });
  box.seen = element(box, "div", "seen");
  box.stage = element(box.seen, "div", "stage");
  box.bar = element(box.seen, "div", "bar");
  box.play = playButton(box.bar, () => play(box));
  box.bar.append(createHead(box), box.slider);
  box.slider.addEventListener("pointerdown", () => stop(box));
  box.slider.addEventListener("keydown", () => stop(box));
  box.filmRows = element(box.seen, "div", "film");
  box.save = data.png && addSaveButton(box.bar, data.png.title, () => asPicture(box.seen, box.data.png, []));
  Object.assign(box, { updates: 0, told: [], toldSlots: [], slots: {}, marked: "b", read: {}, pair: null, playing: 0 });
  return listen(box);
}

function draw(data, parentElement, send) {
  const box = keep(BOXES, data.key, () => create(data), parentElement);
  if (box.data?.network !== data.network) Object.assign(box, { now: null, film: null, failed: false });
  if (box.data?.reader?.network !== data.reader?.network) Object.assign(box, { read: {}, reading: false });
  box.data = data;
  box.send = (name, value) => send(name, { ...value, ...(hasSlots(box) ? box.slots : { a: data.start, b: data.plus }) });
  followSlots(box, data);
  if (!box.playing) follow(box, data);
  schedule(box);
  return leaving(box, parentElement, () => {
    forget(BOXES, data.key, box);
    stop(box);
    if (!BOXES.size) {
      walkPool = walkPool?.terminate();
      walkReader = walkReader?.terminate();
    }
    unlisten(box);
  });
}

export default function ({ data: bytes, parentElement, setTriggerValue }) {
  const data = unpack(bytes);
  return data.assets ? take(data, parentElement, asScene) : draw(data, parentElement, setTriggerValue);
}
