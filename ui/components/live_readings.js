// What a recogniser reads in the rows of a live model. It follows the pictures and never holds them up: one worker of its
// own computes it, of each row one question at a time, and in a drag it rests as long as it works.

let readerPool = null; // started with the first question
const PAUSE_MS = 120; // milliseconds, at least, between two questions of a row in a drag: models need the cores more

function readRows(box) {
  box.data.rows.forEach((row, r) => readRow(box, r));
}

function readRow(box, r) {
  const [{ [r]: row }, read, levels] = [box.data.rows, box.reads[r], box.painted[r]];
  if (levels) askReader(box, r, levels);
  sayRow(box, r, isOf(box, read, row, levels) ? read.readings : null);
}

// A row that is live shows those of the picture before the latest; one from the server has them at rest.
const isOf = ({ scene, away }, read, row, levels) => read.scene === scene && (isLive(row) || (read.levels === levels && !away));

async function askReader(box, r, levels) {
  const [{ reader, worker }, scene, read] = [box.data, box.scene, box.reads[r]];
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
    setTimeout(() => ((read.busy = false), goOn(box, r, read)), box.dragging ? Math.max(PAUSE_MS, performance.now() - began) : 0);
  } catch (error) {
    box.unread = true; // and stays busy: there is no second try
    console.error(error);
  }
  goOn(box, r, read);
}

// Only with this row, the pictures are as they were; unless what it was read for is not what is shown by now.
function goOn(box, r, read) {
  if (box.reads[r] === read && box.shown === box.data) readRow(box, r);
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
