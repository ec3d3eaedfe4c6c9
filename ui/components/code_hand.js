// A code under the hand: what of it was moved, the code that this makes, and what the decoder draws of it. `box` is the
// component, kept from call to call; `box.moved` has the place of each bar that was moved, by its name.

const BOXES = (window.autoencHands ??= new Map());
const PAUSE_MS = 120; // milliseconds between two readings in a drag: the pictures need the cores more
const REST_MS = 350; // milliseconds after the last move
let [drawingPool, hintPool, readingPool] = [null, null, null]; // a worker each: the hand waits for none but the first

// ---------------------------------------------------------------- the code

// Numbers by which it moves: those of a bar that is one number stand for themselves, a group moves along its axis.
function codeOf({ bars, axes, z }, moved) {
  const code = z.slice();
  for (const [name, to] of Object.entries(moved)) {
    const bar = bars?.get(name);
    if (!bar) code[Number(name)] = to;
    else if (bar.index !== null) code[bar.index] = to;
    else for (let i = 0; i < code.length; i++) code[i] += (to - bar.at) * axes[bar.axis * code.length + i];
  }
  return code;
}

function asScene({ of, shape, bars, maps, files: [x, z, served, axes, linear, square], ...data }) {
  let axis = 0;
  const numbered = bars?.map((bar) => [bar.name, bar.index === null ? { ...bar, axis: axis++ } : bar]);
  const scene = { of, shape, maps, x: Float32Array.from(x, (level) => level / 255), z: floats(z), ...data };
  if (served.length) {
    const size = served.length / 2;
    const levels = Float32Array.from(served, (level) => level / 255);
    Object.assign(scene, { untouched: levels.subarray(0, size), movedPicture: levels.subarray(size) });
  }
  if (!bars) return scene;
  return Object.assign(scene, { bars: new Map(numbered), ...{ axes: floats(axes), linear: floats(linear), square: floats(square) } });
}

// Of the mean of the codes of training images; squared it is a polynomial of how far each bar has been moved.
function distanceOf({ bars, constant, linear, square }, moved) {
  const steps = [...bars.values()].map(({ name, at }) => (moved[name] ?? at) - at);
  let squared = constant;
  steps.forEach((step, i) => {
    if (!step) return;
    squared += linear[i] * step;
    steps.forEach((other, j) => (squared += step * other * square[i * steps.length + j]));
  });
  return Math.sqrt(Math.max(0, squared));
}

// ---------------------------------------------------------------- moves

// The first of a drag, or of a row of keys, can be undone.
function moveTo(box, name, value, start) {
  if (box.gesture !== name) box.past.push({ ...box.moved });
  box.gesture = name;
  clearTimeout(box.timer);
  box.timer = null;
  if (value === start) delete box.moved[name];
  else box.moved[name] = value;
  changed(box);
}

function endGesture(box) {
  clearTimeout(box.timer);
  box.timer = setTimeout(() => rest(box), REST_MS);
}

function undo(box) {
  if (box.past.length) putMoved(box, box.past.pop());
}

function reset(box) {
  box.past.push({ ...box.moved });
  putMoved(box, {});
}

function putMoved(box, moved) {
  Object.assign(box, { moved, gesture: null });
  changed(box);
  endGesture(box);
}

function changed(box) {
  box.stamp++;
  schedule(box);
}

// Once a frame, however often it is asked for.
const schedule = (box) => (box.turn ||= requestAnimationFrame(() => update(box)));

const sameAs = (a, b) => JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
const isMoved = ({ moved }) => Object.keys(moved).length > 0;

// The server hears of it, once.
function rest(box) {
  box.timer = box.gesture = null;
  box.rested = box.stamp;
  schedule(box);
  if (sameAs(box.moved, box.told)) return;
  box.told = { ...box.moved };
  box.send("moved", { of: box.scene.of, moved: box.told });
}

// ---------------------------------------------------------------- what is drawn of it

const isLive = ({ scene: { network } }) => network !== null;

function drawCode(box) {
  const { scene, stamp, since } = box;
  if (!ASSETS.has(scene.network) || box.busy || box.failed || box.drawn?.stamp === stamp) return;
  drawingPool = poolWith(drawingPool, scene.worker, scene.network, 1);
  const draw = (moved) => drawingPool.forward(scene.network, codeOf(scene, moved), 1);
  const question = async () => {
    box.untouched ??= await draw({});
    const levels = isMoved(box) ? await draw(box.moved) : box.untouched;
    if (box.scene.of === scene.of) box.drawn = { stamp, levels, since };
    else box.untouched = null;
  };
  askOne(box, question, schedule);
}

// What raising each bar by a standard deviation adds to what is drawn where the hand rests.
async function hint(box) {
  const { scene, drawn, stamp } = box;
  const rests = drawn?.stamp === stamp && box.timer === null && !box.gesture;
  if (!scene.bars || !ASSETS.has(scene.network) || !rests || box.hinting || box.hints?.stamp === stamp) return;
  box.hinting = true;
  hintPool = poolWith(hintPool, scene.worker, scene.network, 1);
  const bars = [...scene.bars.values()];
  const codes = new Float32Array(bars.length * scene.z.length);
  bars.forEach(({ name, at, unit }, i) => {
    codes.set(codeOf(scene, { ...box.moved, [name]: (box.moved[name] ?? at) + unit }), i * scene.z.length);
  });
  try {
    const levels = await hintPool.forward(scene.network, codes, bars.length);
    if (box.scene.of === scene.of) box.hints = { stamp, levels, base: drawn.levels };
    box.hinting = false;
    schedule(box);
  } catch (error) {
    console.error(error); // it stays busy: there is no second try
  }
}

// Of the image and of what is drawn, a little behind the hand.
async function readDrawn(box) {
  const { scene: { reader, of, worker, x }, drawn } = box;
  if (!ASSETS.has(reader?.network) || !drawn || box.reading || box.read?.levels === drawn.levels) return;
  box.reading = true;
  readingPool = poolWith(readingPool, worker, reader.network, 1);
  const both = new Float32Array(2 * x.length);
  both.set(x);
  both.set(drawn.levels, x.length);
  try {
    const scores = await readingPool.forward(reader.network, both, 2);
    if (box.scene.of === of) box.read = { levels: drawn.levels, readings: readingsOf(scores, reader) };
    schedule(box);
    setTimeout(() => ((box.reading = false), schedule(box)), box.held ? PAUSE_MS : 0);
  } catch (error) {
    console.error(error); // it stays busy: there is no second try
  }
}

function endPools() {
  for (const pool of [drawingPool, hintPool, readingPool]) pool?.terminate();
  drawingPool = hintPool = readingPool = null;
}
