// What is seen along a walk: the picture where the slider stands, a film of all of it, and what a recogniser reads in both.
// `box.walk` is { start, plus, minus }: indices of images of the scene; `box.pair` is equal as long as they are.

let walkPool = null; // started with the first decoder
let walkReader = null; // started with the first question

function asScene({ shape: [n, channels, height, width], numbers, titles, files: [bytes, z] }) {
  const x = Float32Array.from(bytes, (level) => level / 255);
  return { n, channels, height, width, titles, x, z: floats(z), at: new Map(numbers.map((number, i) => [number, i])) };
}

const rowOf = (rows, n, i) => rows.subarray((i * rows.length) / n, ((i + 1) * rows.length) / n);

// start + t (plus - minus) for each t, one behind the other.
function alongTheWay(rows, n, { start, plus, minus }, times) {
  const [from, more, less] = [start, plus, minus].map((i) => rowOf(rows, n, i));
  const made = new Float32Array(times.length * from.length);
  times.forEach((t, row) => {
    const at = row * from.length;
    for (let i = 0; i < from.length; i++) made[at + i] = from[i] + t * (more[i] - less[i]);
  });
  return made;
}

const stepsOf = ({ data: { steps, most } }) => Array.from({ length: steps }, (_, i) => (i * most) / (steps - 1)); // percent

// ---------------------------------------------------------------- the decoder

// Once from the beginning to the end before the slider may have its next picture.
function nextQuestion({ pair, level, now, film }) {
  if (now?.pair === pair && film?.pair !== pair) return "film";
  return now?.pair === pair && now.level === level ? null : "now";
}

function drawCodes(box, scene) {
  const { network, worker } = box.data;
  const asks = nextQuestion(box);
  if (!ASSETS.has(network) || !asks || box.busy || box.failed) return;
  walkPool = poolWith(walkPool, worker, network);
  const { pair, level, walk } = box;
  const percents = asks === "now" ? [level] : stepsOf(box);
  const question = async () => {
    const z = alongTheWay(scene.z, scene.n, walk, percents.map((percent) => percent / 100));
    const code = await walkPool.forward(network, z, percents.length);
    if (box.data.network === network) box[asks] = { pair, level, code };
  };
  askOne(box, question, schedule);
}

// From the server, where the browser has no decoder: of where the slider rests, and the film.
function takeDrawn(box) {
  const { files: [here, film], level, network } = box.data;
  if (network !== null || !here || box.away || box.now?.of === box.data) return;
  const asLevels = (bytes) => Float32Array.from(bytes, (byte) => byte / 255);
  box.now = { of: box.data, pair: box.pair, level, code: asLevels(here) };
  box.film = { pair: box.pair, code: asLevels(film) };
}

// ---------------------------------------------------------------- what is read

const waysOf = ({ data: { tiles } }) => tiles.map(({ way }) => way).filter(Boolean);

function shownNow(box, scene) {
  const pixels = alongTheWay(scene.x, scene.n, box.walk, [box.level / 100]);
  return { code: codeNow(box), pixels };
}

// Where the server draws, the nearest picture of the film until the slider rests.
function codeNow({ now, film, pair, level, data }) {
  if (now?.pair !== pair) return null;
  if (data.network !== null || now.level === level) return now.code;
  return rowOf(film.code, data.steps, Math.round((level / data.most) * (data.steps - 1)));
}

function shownFilm(box, scene) {
  if (box.fade?.pair !== box.pair) {
    box.fade = { pair: box.pair, pixels: alongTheWay(scene.x, scene.n, box.walk, stepsOf(box).map((percent) => percent / 100)) };
  }
  return { code: box.film?.pair === box.pair ? box.film.code : null, pixels: box.fade.pixels };
}

// What is to be read next: pictures of each way, one way behind the other.
function nextToRead(box, scene) {
  const [ways, { film, now, read, pair }] = [waysOf(box), box];
  if (now?.pair === pair && read.now?.of !== now) return { place: "now", of: now, shown: shownNow(box, scene), ways };
  if (film?.pair === pair && read.film?.of !== film) return { place: "film", of: film, shown: shownFilm(box, scene), ways };
  return null;
}

async function readAll(box, scene) {
  const { reader, worker } = box.data;
  const asks = ASSETS.has(reader?.network) && !box.reading && nextToRead(box, scene);
  if (!asks) return;
  box.reading = true; // and stays so where it fails: there is no second try
  walkReader = poolWith(walkReader, worker, reader.network, 1);
  const { pair } = box;
  const images = sideBySide(asks.ways.map((way) => asks.shown[way]));
  try {
    const scores = await walkReader.forward(reader.network, images, images.length / rowOf(scene.x, scene.n, 0).length);
    const all = readingsOf(scores, reader);
    const share = all.length / asks.ways.length;
    const byWay = Object.fromEntries(asks.ways.map((way, i) => [way, all.slice(i * share, (i + 1) * share)]));
    box.read[asks.place] = { of: asks.of, pair, byWay };
    box.reading = false;
  } catch (error) {
    console.error(error);
  }
  schedule(box);
}

// Rounded to 8 bits, as the pictures that are seen and those that the server reads.
function sideBySide(parts) {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole.map((level) => Math.round(255 * Math.min(1, Math.max(0, level))) / 255);
}

// A class that neither end has is marked, where both are known.
const isNeither = ({ data: { ends } }, reading) => Boolean(reading && ends.length) && !ends.includes(reading.is);

function sayReadings(box) {
  box.classList.toggle("long-names", Boolean(box.data.reader) && !areShort(box.data.reader));
  const { read, parts, data: { reader } } = box;
  if (!reader) return;
  const of = (place, way) => (read[place]?.pair === box.pair ? read[place].byWay[way] : null);
  for (const [way, node] of Object.entries(parts.reads)) {
    const reading = of("now", way)?.[0] ?? null;
    sayWords(node, reading, reader, isNeither(box, reading));
  }
  for (const [way, notes] of Object.entries(parts.notes)) {
    notes.forEach((note, i) => {
      const reading = of("film", way)?.[i] ?? null;
      sayReading(note, reading, reader, isNeither(box, reading) ? undefined : reading?.is);
    });
  }
}

// ---------------------------------------------------------------- pixels

// One picture of several, of numbers from 0 to 1.
function paintOn(canvas, { channels, height, width }, levels, i = 0) {
  sizeCanvas(canvas, width, height);
  paintLevels(canvas, levels, [channels, height, width], { first: i * channels * height * width });
}

function paintWays(box, scene) {
  const [now, film] = [shownNow(box, scene), shownFilm(box, scene)];
  for (const [way, canvas] of Object.entries(box.parts.ways)) if (now[way]) paintOn(canvas, scene, now[way]);
  for (const [way, canvases] of Object.entries(box.parts.film)) {
    if (!film[way] || canvases.painted === film[way]) continue;
    canvases.forEach((canvas, i) => paintOn(canvas, scene, film[way], i));
    canvases.painted = film[way];
  }
}
