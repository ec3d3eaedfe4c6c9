// From places of a plane to codes and what is drawn of them, and what lies near a place.

let pointerPool = null; // one worker for the place that is pointed at
let sheetPool = null; // others for the sheet, which must not keep it waiting
const SHEET_WORKERS = 2;
const MIN_CELL_PX = 22; // of the screen
const N_MEANT = 5; // nearest points, of whose codes the mean is drawn where the plane is none of codes

// As the server packs it: points, labels, the way back, distances from the classes, codes in whole numbers.
function asMap({ n, n_latents: k, n_classes, files, ...map }) {
  const [points, labels, back, forms, codes, scales, sheet] = files;
  const given = { points: floats(points), labels: new Uint16Array(labels.slice().buffer), back: floats(back), forms: floats(forms) };
  const whole = { codes: new Int16Array(codes.slice().buffer), scales: floats(scales), pixels: sheet };
  const lowest = Math.min(...given.points.filter((_, i) => i % 2));
  return { n, k, ...map, ...given, ...whole, lowest, middles: middlesOf(given.points, given.labels, n, n_classes) };
}

const asPictures = (data) => ({ ...data, bitmap: null });

// The sprite is decoded when it is first needed.
function bitmapOf(box) {
  const pictures = ASSETS.get(box.data.pictures);
  if (pictures && !pictures.bitmap && !pictures.opening) {
    pictures.opening = createImageBitmap(new Blob([pictures.files[0]])).then(
      (bitmap) => (pictures.bitmap = bitmap) && box.isConnected && box.again(),
      console.error,
    );
  }
  return pictures?.bitmap && pictures;
}

const isLive = ({ map, data }) => Boolean(data.network) && (map.back.length > 0 || map.codes.length > 0);

// Of the points nearest to a place, the nearest first.
function nearestPoints({ map: { points, n } }, [a, b], most) {
  const best = [];
  for (let i = 0; i < n; i++) {
    const off = (points[2 * i] - a) ** 2 + (points[2 * i + 1] - b) ** 2;
    if (best.length === most && off >= best.at(-1)[0]) continue;
    let at = best.length;
    while (at > 0 && best[at - 1][0] > off) at--;
    best.splice(at, 0, [off, i]);
    if (best.length > most) best.pop();
  }
  return best.map(([off, i]) => ({ i, distance: Math.sqrt(off) }));
}

// Codes of places, one after the other.
function codesAt(box, places) {
  const { k, back, codes, scales } = box.map;
  const z = new Float32Array(places.length * k);
  places.forEach(([a, b], p) => {
    if (back.length) {
      for (let j = 0; j < k; j++) z[p * k + j] = back[j] + a * back[k + j] + b * back[2 * k + j];
      return;
    }
    const near = nearestPoints(box, [a, b], N_MEANT);
    for (const { i } of near) for (let j = 0; j < k; j++) z[p * k + j] += (scales[j] + codes[i * k + j] * scales[k + j]) / near.length;
  });
  return z;
}

// To the nearest class, and which it is; null: nobody can say.
function nearestClass({ map: { forms }, data: { of_classes } }, [a, b]) {
  if (!forms.length) return null;
  const terms = [1, a, b, a * a, a * b, b * b];
  const squares = of_classes.map((_, c) => terms.reduce((sum, term, i) => sum + term * forms[6 * c + i], 0));
  const nearest = squares.indexOf(Math.min(...squares));
  return { distance: Math.sqrt(Math.max(0, squares[nearest])), name: of_classes[nearest] };
}

// ---------------------------------------------------------------- drawn in the browser

function drawPlace(box) {
  const { data, map, at, drawnAt } = box;
  if (!isLive(box) || !at || !ASSETS.has(data.network) || box.busy || box.failed || drawnAt === at) return;
  const question = async () => {
    pointerPool = poolWith(pointerPool, data.worker, data.network, 1);
    const levels = await pointerPool.forward(data.network, codesAt(box, [at]), 1);
    if (box.map === map) Object.assign(box, { drawn: levels, drawnAt: at });
  };
  askOne(box, question, box.again);
}

// Cells that fill what is seen: as many as the browser draws at once, in rows of square cells.
function cellsOf(box) {
  const { size: [width, height], map: { max_cells, is_line } } = box;
  const wide = Math.max(MIN_CELL_PX, Math.sqrt((width * height) / max_cells));
  const columns = Math.max(1, Math.min(Math.floor(width / wide), max_cells));
  const [left, bottom, right, top] = seenExtent(box);
  const side = (right - left) / columns;
  if (is_line) return { columns, rows: 1, side, left, top: box.map.lowest - side / 4 };
  const rows = Math.max(1, Math.ceil((top - bottom) / side));
  return { columns, rows, side, left, top: (top + bottom + rows * side) / 2 };
}

// Where no point of a map is near, the mean of the nearest codes would be of codes far away: such cells stay empty.
function placesOf(box, { columns, rows, side, left, top }) {
  const { map: { back, gap } } = box;
  const cells = [];
  const places = [];
  for (let cell = 0; cell < rows * columns; cell++) {
    const place = [left + ((cell % columns) + 0.5) * side, top - (Math.floor(cell / columns) + 0.5) * side];
    if (!back.length && nearestPoints(box, place, 1)[0].distance > Math.max(gap, side / 2)) continue;
    cells.push(cell);
    places.push(place);
  }
  return { cells, places };
}

async function drawSheet(box) {
  const { data, map } = box;
  const about = JSON.stringify([data.map, data.network, box.view, box.size]);
  if (data.layer === "points" || !isLive(box) || !ASSETS.has(data.network) || box.drawing || box.failed || box.sheet?.about === about) return;
  box.drawing = true;
  try {
    sheetPool = poolWith(sheetPool, data.worker, data.network, SHEET_WORKERS);
    const grid = cellsOf(box);
    const { cells, places } = placesOf(box, grid);
    const levels = places.length && (await sheetPool.forward(data.network, codesAt(box, places), places.length));
    if (box.map === map) box.sheet = { ...sheetOf(box, grid, cells, levels, 1), about };
  } catch (error) {
    box.failed = true;
    console.error(error);
  }
  box.drawing = false;
  box.again();
}

function sheetOf({ map }, { columns, rows, side, left, top }, cells, levels, white) {
  const [, height, width] = map.shape;
  const canvas = Object.assign(document.createElement("canvas"), { width: columns * width, height: rows * height });
  if (levels) paintImages(canvas, levels, map, columns, cells, white);
  return { canvas, extent: [left, top - rows * side, left + columns * side, top], n: cells.length };
}

// What the server has drawn over the extent of the map, where the browser does not.
function serverSheet(box) {
  const { map } = box;
  const { pixels, shape, extent: [left, , right, top], is_line } = map;
  const n = pixels.length / shape.reduce((a, b) => a * b);
  const columns = is_line ? n : Math.round(Math.sqrt(n));
  const side = (right - left) / columns;
  const grid = { columns, rows: n / columns, side, left, top: is_line ? map.lowest - side / 4 : top };
  return { ...sheetOf(box, grid, [...Array(n).keys()], pixels, 255), about: "server" };
}

function stopPools() {
  pointerPool = pointerPool?.terminate();
  sheetPool = sheetPool?.terminate();
}
