// What is painted on the canvas of a map: the sheet of decoded images, points over it, the names of the classes.

const [FAINT, FULL] = [26, 235]; // how dense points are, of 255: of the classes that are not picked, of all others
const POINT_PX = 1.6; // radius at first, of the screen
const MOST_POINT_PX = 5;
const RING_PX = 9;

const rgba = (colour, alpha) => {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return ((alpha << 24) | (b << 16) | (g << 8) | r) >>> 0; // as little-endian memory holds it
};

// Where a disc of this radius has its pixels.
function disc(radius) {
  const reach = Math.ceil(radius);
  const offsets = [];
  for (let y = -reach; y <= reach; y++) for (let x = -reach; x <= reach; x++) if (x * x + y * y <= radius * radius + 0.3) offsets.push([x, y]);
  return offsets;
}

// All points into one picture: ten thousand of them in a millisecond or two. Those of a picked class come last.
function paintPoints(box, context, density) {
  const { map: { points, labels, n }, data: { colours }, view, size, picked } = box;
  const [width, height] = size.map((side) => Math.round(side * density));
  const layer = (box.layer ??= document.createElement("canvas"));
  if (layer.width !== width || layer.height !== height || !box.pixels) {
    Object.assign(layer, { width, height });
    box.pixels = new ImageData(width, height);
  }
  const whole = new Uint32Array(box.pixels.data.buffer);
  whole.fill(0);
  const grown = Math.sqrt(view.scale / fitted(box).scale) * POINT_PX * (n < 2000 ? 1.6 : 1);
  const offsets = disc(Math.min(Math.max(grown, POINT_PX), MOST_POINT_PX) * density).map(([x, y]) => ({ x, y, at: y * width + x }));
  const scale = view.scale * density;
  const [left, top] = [width / 2 - view.x * scale, height / 2 + view.y * scale];
  const inks = (alpha) => colours.map((colour) => rgba(colour, alpha));
  const [faint, full] = [inks(FAINT), inks(FULL)];
  const put = (i, inks) => {
    const [x, y] = [Math.round(left + points[2 * i] * scale), Math.round(top - points[2 * i + 1] * scale)];
    if (!(x > -20 && y > -20 && x < width + 20 && y < height + 20)) return;
    const [ink, at] = [inks[labels[i] % inks.length], y * width + x];
    for (const offset of offsets) {
      const column = x + offset.x;
      if (column >= 0 && column < width) whole[at + offset.at] = ink; // above and below the picture nothing is written
    }
  };
  for (let i = 0; i < n; i++) if (picked.size && !picked.has(labels[i])) put(i, faint);
  for (let i = 0; i < n; i++) if (!picked.size || picked.has(labels[i])) put(i, full);
  layer.getContext("2d").putImageData(box.pixels, 0, 0);
  context.drawImage(layer, 0, 0, ...size);
}

function paintSheet({ sheet, data: { layer } }, box, context) {
  const { extent: [left, bottom, right, top], canvas } = sheet;
  const [[x, y], [to, end]] = [onScreen(box, [left, top]), onScreen(box, [right, bottom])];
  context.globalAlpha = layer === "both" ? 0.75 : 1;
  context.imageSmoothingEnabled = to - x < canvas.width;
  context.drawImage(canvas, x, y, to - x, end - y);
  context.globalAlpha = 1;
}

function paintNames(box, context, { background, text, font }) {
  const { map: { middles }, data: { classes }, picked } = box;
  Object.assign(context, { font, textAlign: "center", textBaseline: "middle", lineJoin: "round", lineWidth: 4 });
  middles.forEach((middle, c) => {
    if (!middle || (picked.size && !picked.has(c))) return;
    Object.assign(context, { strokeStyle: background, fillStyle: text });
    context.strokeText(classes[c], ...onScreen(box, middle));
    context.fillText(classes[c], ...onScreen(box, middle));
  });
}

function paintRing(box, context) {
  const [x, y] = onScreen(box, box.at);
  for (const [strokeStyle, lineWidth] of [["#000000", 4.5], ["#ffffff", 2]]) {
    Object.assign(context, { strokeStyle, lineWidth });
    context.beginPath();
    context.arc(x, y, RING_PX, 0, 7);
    context.moveTo(x - RING_PX * 1.6, y);
    context.lineTo(x - RING_PX * 0.5, y);
    context.moveTo(x + RING_PX * 0.5, y);
    context.lineTo(x + RING_PX * 1.6, y);
    context.stroke();
  }
}

const MAX_NAMES = 20; // classes whose names are on the map

function paintMap(box) {
  const { canvas, size, data } = box;
  const density = Math.min(devicePixelRatio || 1, 2);
  const [width, height] = size.map((side) => Math.round(side * density));
  sizeCanvas(canvas, width, height);
  const context = canvas.getContext("2d");
  const style = getComputedStyle(canvas);
  const of = (name) => style.getPropertyValue(name).trim() || "#888888";
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, ...size);
  if (box.sheet && data.layer !== "points") paintSheet(box, box, context);
  if (data.layer !== "sheet") paintPoints(box, context, density);
  const font = `600 ${Math.round(15 * parseFloat(of("--scale")) || 15)}px ${style.fontFamily}`;
  const colours = { background: of("--st-background-color"), text: of("--st-text-color"), font };
  if (data.layer === "points" && data.classes.length <= MAX_NAMES) paintNames(box, context, colours);
  if (box.at && !box.isSaved) paintRing(box, context);
}

// Middles of the classes: medians, which a few codes far away do not move.
function middlesOf(points, labels, n, nClasses) {
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  const of = Array.from({ length: nClasses }, () => [[], []]);
  for (let i = 0; i < n; i++) [0, 1].forEach((side) => of[labels[i]]?.[side].push(points[2 * i + side]));
  return of.map(([a, b]) => (a.length ? [median(a), median(b)] : null));
}

// Levels (n, C, H, W), from 0 to `white`, side by side in `columns`; cells that are left out stay empty.
function paintImages(canvas, levels, { shape }, columns, cells, white) {
  const [channels, height, width] = shape;
  cells.forEach((cell, i) => {
    const [left, top] = [(cell % columns) * width, Math.floor(cell / columns) * height];
    paintLevels(canvas, levels, shape, { first: i * channels * height * width, white, left, top });
  });
}
