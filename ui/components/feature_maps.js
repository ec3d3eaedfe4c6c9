// A code that is a stack of maps: a channel and a place on it are chosen, by pointer or by arrow keys, and moved by a bar.

const GAP = 1; // pixels between two maps
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const MAP_HELP = "Arrow keys choose a place";
const SHEET_HELP = "Arrow keys choose a channel";

const clamp = (value, most) => Math.min(most, Math.max(0, value));
const acrossOf = (n) => Math.ceil(Math.sqrt(n));
const indexOf = ({ maps: { shape: [, rows, columns] } }, [channel, row, column]) => (channel * rows + row) * columns + column;

function buildMaps(box) {
  const { scene: { maps } } = box;
  const [channels, rows, columns] = maps.shape;
  const field = element(box.touch, "div", "maps");
  const across = acrossOf(maps.order.length);
  const sheetSize = [across, Math.ceil(maps.order.length / across)].map((n, i) => n * ((i ? rows : columns) + GAP) - GAP);
  const left = channels > maps.order.length ? `, the ${maps.order.length} of ${channels.toLocaleString("en")} that vary most` : "";
  box.sheet = addChooser(field, `Channels${left}`, SHEET_HELP, sheetSize);
  box.map = addChooser(field, "", MAP_HELP, [columns, rows]);
  box.sheet.choose = (row, column) => {
    const at = Math.floor(row / (rows + GAP)) * across + Math.floor(column / (columns + GAP));
    if (maps.order[at] !== undefined) choose(box, [maps.order[at], ...box.chosen.slice(1)]);
  };
  box.sheet.step = ([down, right]) => {
    const at = clamp(maps.order.indexOf(box.chosen[0]) + down * across + right, maps.order.length - 1);
    choose(box, [maps.order[at], ...box.chosen.slice(1)]);
  };
  box.map.choose = (row, column) => choose(box, [box.chosen[0], clamp(row, rows - 1), clamp(column, columns - 1)]);
  box.map.step = ([down, right]) => box.map.choose(box.chosen[1] + down, box.chosen[2] + right);
  box.barsOfMaps = element(box.touch, "div", "bars one");
  box.chosen = brightest(box.scene);
}

// Where there is something to see: the largest number of the channel that varies most.
function brightest({ maps: { order, shape: [, rows, columns] }, z }) {
  const map = z.subarray(order[0] * rows * columns, (order[0] + 1) * rows * columns);
  const at = map.indexOf(Math.max(...map));
  return [order[0], Math.floor(at / columns), at % columns];
}

function addChooser(field, label, help, [width, height]) {
  const figure = element(field, "figure");
  const frame = element(figure, "div", "frame");
  const canvas = Object.assign(element(frame, "canvas"), { width, height, tabIndex: 0, ariaLabel: help });
  canvas.setAttribute("role", "application");
  const chooser = { canvas, mark: element(frame, "div", "chosen"), caption: element(figure, "figcaption", "", label) };
  canvas.onclick = ({ clientX, clientY }) => {
    const place = canvas.getBoundingClientRect();
    const along = [(clientY - place.top) / place.height, (clientX - place.left) / place.width];
    chooser.choose(Math.floor(along[0] * height), Math.floor(along[1] * width));
  };
  canvas.onkeydown = (event) => {
    if (!ARROWS[event.key]) return;
    event.preventDefault();
    chooser.step(ARROWS[event.key]);
  };
  return chooser;
}

function choose(box, chosen) {
  box.chosen = chosen;
  if (box.gesture) rest(box);
  schedule(box);
}

// ---------------------------------------------------------------- what is seen

function paintMap(context, code, { maps: { shape: [, rows, columns], usual } }, channel, left, top) {
  const image = new ImageData(columns, rows);
  const most = Math.max(usual[channel][1], 1e-6);
  const first = channel * rows * columns;
  for (let i = 0; i < rows * columns; i++) {
    const level = (255 * code[first + i]) / most;
    image.data.set([level, level, level, 255], 4 * i);
  }
  context.putImageData(image, left, top);
}

function mark({ mark, canvas: { width, height } }, top, left, tall, wide) {
  const percent = (part, whole) => `${(100 * part) / whole}%`;
  Object.assign(mark.style, { top: percent(top, height), left: percent(left, width) });
  Object.assign(mark.style, { height: percent(tall, height), width: percent(wide, width) });
}

function showMaps(box) {
  const { scene, chosen: [channel, row, column] } = box;
  const { order, shape: [, rows, columns], usual } = scene.maps;
  const code = codeOf(scene, box.moved);
  const [tall, wide, across] = [rows + GAP, columns + GAP, acrossOf(order.length)];
  const sheet = box.sheet.canvas.getContext("2d");
  order.forEach((one, i) => paintMap(sheet, code, scene, one, (i % across) * wide, Math.floor(i / across) * tall));
  paintMap(box.map.canvas.getContext("2d"), code, scene, channel, 0, 0);
  const at = order.indexOf(channel);
  mark(box.sheet, Math.floor(at / across) * tall, (at % across) * wide, rows, columns);
  mark(box.map, row, column, 1, 1);
  showReach(box, row, column);
  const index = indexOf(scene, box.chosen);
  const title = `Channel ${channel + 1}, row ${row + 1}, column ${column + 1}`;
  change(box.map.caption, "textContent", title);
  box.map.canvas.ariaLabel = `${title}. ${MAP_HELP}`;
  box.sheet.canvas.ariaLabel = `Channel ${channel + 1}. ${SHEET_HELP}`;
  const name = String(index);
  if (box.placeBar?.bar.name !== name) {
    const [low, high] = usual[channel];
    const bar = { name, title, at: scene.z[index], low, high, places: 2 };
    box.barsOfMaps.replaceChildren();
    box.placeBar = addBar(box, box.barsOfMaps, bar);
  }
  showBar(box, box.placeBar);
}
