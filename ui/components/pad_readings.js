// What a recogniser reads in the drawing, and in what a model makes of it, while it is drawn: by a worker of its own, so
// that the pictures do not wait for it.

let padReader = null; // started with the first question

function addReadings(row) {
  const places = [row.given, row.drawn].filter(Boolean);
  const says = row.model.reader ? places.map(({ parentNode }) => element(parentNode, "div", "reads")) : [];
  return Object.assign(row, { says, read: {}, seen: null });
}

// One question at a time, and when it is answered the next, about what is seen by then: an input, and its output.
async function readRow(box, row) {
  const { read, seen, model: { reader } } = row;
  const network = ASSETS.get(reader?.network);
  if (!box.strokes.length) return sayReadings(row, []);
  if (!network || !seen || read.busy || read.of === seen) return;
  Object.assign(read, { busy: true, of: seen });
  padReader ??= startWorkers(box.data.reading, 1);
  padReader.load(reader.network, network);
  try {
    const scores = await padReader.forward(reader.network, sideBySide(seen), seen.length);
    read.busy = false;
    if (row.read !== read) return; // the pad has left the page meanwhile
    sayReadings(row, box.strokes.length ? readingsOf(scores, reader) : []);
    schedule(box);
  } catch (error) {
    console.error(error); // it stays busy: there is no second try
  }
}

function sideBySide([first, ...others]) {
  const all = new Float32Array(first.length * (1 + others.length));
  [first, ...others].forEach((image, i) => all.set(image, i * first.length));
  return all;
}

// What the model has made another class of is marked.
function sayReadings({ says, model: { reader } }, readings) {
  says.forEach((node, i) => sayWords(node, readings[i], reader, Boolean(i) && readings[i]?.is !== readings[0]?.is));
}

function stopReading(row) {
  padReader = padReader?.terminate();
  row.read = {};
}
