// What a recogniser reads in the rows of a live model. It follows the pictures and never holds them up: one worker of its
// own computes it, of each row one question at a time, and in a drag it rests as long as it works.

let readerPool = null; // started with the first question
const PAUSE_MS = 120; // milliseconds, at least, between two questions of a row in a drag: models need the cores more

async function askReader(read, box, scene, levels) {
  const { reader, worker } = box.data;
  const network = ASSETS.get(reader.network);
  if (!network || read.busy || read.levels === levels) return;
  read.busy = true;
  const began = performance.now();
  readerPool ??= startWorkers(worker, 1);
  readerPool.load(reader.network, network);
  const x = levels instanceof Float32Array ? levels : Float32Array.from(levels, (level) => level / 255);
  try {
    const scores = await readerPool.forward(reader.network, x, scene.n);
    Object.assign(read, { scene, levels, readings: readingsOf(scores, reader) });
    setTimeout(() => ((read.busy = false), schedule(box)), box.dragging ? Math.max(PAUSE_MS, performance.now() - began) : 0);
  } catch (error) {
    box.unread = true; // and stays busy: there is no second try
    console.error(error);
  }
  schedule(box);
}

// Of a row from the server those of its pictures; a row that is live shows those of the picture before the latest.
const isOf = (read, row, scene, levels) => read.scene === scene && (isLive(row) || read.levels === levels);

function readRows(box, scene) {
  box.data.rows.forEach((row, r) => {
    const [read, levels] = [box.reads[r], box.painted[r]];
    if (levels) askReader(read, box, scene, levels);
    sayRow(box, r, isOf(read, row, scene, levels) ? read.readings : null);
  });
}

function sayRow(box, r, readings) {
  const [{ reader, labels }, isAtRest, read] = [box.data, !box.dragging && !box.away, box.reads[r]];
  if (read.said === readings && read.saidAtRest === isAtRest && !box.unread) return;
  Object.assign(read, { said: readings, saidAtRest: isAtRest });
  box.readings[r].forEach((place, i) => sayReading(place, readings?.[i] ?? null, reader, labels[i]));
  const count = box.unread ? "not read: reload the page to try again" : readings ? countWords(readings, labels) : "";
  for (const label of box.labels[r]) change(label.count, "textContent", count);
  for (const { strip, first, last } of box.strips[r]) {
    const seen = `${box.data.rows[r].label}, images ${first + 1} to ${last}`;
    const says = readings && isAtRest ? `; ${count.trim()}: ${listWords(readings.slice(first, last), reader, labels.slice(first, last))}` : "";
    change(strip, "ariaLabel", seen + says);
  }
}
