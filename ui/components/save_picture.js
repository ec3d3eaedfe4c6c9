// A button that saves what is seen as a PNG: its title and settings above, the run below, dark on white, at twice the
// size. Components call `addSaveButton`; charts hand over an image, the others the part of the page to be painted.

const PAPER = { color: "#1c2430", background: "#ffffff", border: "#d5dbe1", primary: "#5b3fb8", family: "sans-serif" };
// What the colours of a part of the page follow; of its light or dark theme it keeps only the primary colour.
const ON_PAPER = {
  "color-scheme": "light",
  color: PAPER.color,
  "--st-text-color": PAPER.color,
  "--st-background-color": PAPER.background,
  "--st-secondary-background-color": "#f2f5f7",
  "--st-border-color": PAPER.border,
};
const SHARPNESS = 2; // pixels of the file for each of the screen
const EDGE = 20; // pixels of the screen, as all below: the white edge
const MIN_TEXT_PX = 400; // width of the words, however narrow the picture is
const [MAX_SIDE, MAX_AREA] = [16_384, 2 ** 26]; // pixels of the file: larger ones fail, or fill the memory
const REVOKE_MS = 20_000; // milliseconds: browsers ask for the file a moment after the click
const TITLE = { size: 20, weight: 600, color: PAPER.color };
const SETTINGS = { size: 15, weight: 400, color: PAPER.color };
const FOOTER = { size: 12, weight: 400, color: "#5a6572" };
const [TOO_LARGE, NOT_SAVED] = [
  "This picture is too large for a file: make the window narrower, or show less of it.",
  "This browser cannot save the picture. Try a newer one, or take a screenshot.",
];
const SAVE_ICON = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 4v11M7 10.5l5 5 5-5M5 20h14"/></svg>';

class Refusal extends Error {} // its message is for the reader

// `seen` gives { text, lines, family, width, height, paint }, or a promise of it: the words from the server, more lines
// of words, the font of all of them, and what paints the picture on a canvas.
function addSaveButton(box, title, seen) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "save-picture" });
  nameSaveButton(button, title);
  button.innerHTML = SAVE_ICON;
  button.onclick = () => savePng(box, seen);
  box.classList.add("savable");
  box.append(button);
  return button;
}

// What it saves: to a screen reader all of a page's buttons would be the same.
function nameSaveButton(button, title, format = "PNG") {
  button.title = button.ariaLabel = `Save as ${format}: ${title}`;
}

async function savePng(box, seen) {
  if (box.saving) return; // a second click on the way
  box.saving = true;
  box.refusal?.remove();
  try {
    const picture = await seen();
    await downloadCanvas(compose(picture), `${fileName(picture.text.name)}.png`);
  } catch (error) {
    if (!(error instanceof Refusal)) console.error(error);
    const textContent = error instanceof Refusal ? error.message : NOT_SAVED;
    box.refusal = Object.assign(document.createElement("p"), { role: "alert", className: "save-refusal", textContent });
    box.append(box.refusal);
  } finally {
    box.saving = false;
  }
}

const fileName = (text) => text.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[-.]+|-+$/g, "");

// The file goes to the reader, the pixels go at once.
async function downloadCanvas(canvas, download) {
  const blob = await new Promise((resolve) => canvas.toBlob(resolve));
  canvas.width = canvas.height = 0;
  if (!blob) throw new Refusal(TOO_LARGE);
  const href = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href, download }).click();
  setTimeout(() => URL.revokeObjectURL(href), REVOKE_MS);
}

// ---------------------------------------------------------------- words around the picture

const fontOf = ({ size, weight }, family) => `${weight} ${size}px ${family}`;

// Lines no wider than the room; a number stays with its unit, and a word that is wider, a long run id, is broken.
function wrapped(context, words, room) {
  const lines = [];
  let line = "";
  const fits = (text) => context.measureText(text).width <= room;
  for (const word of words.replace(/(\d)\s/g, "$1\u00a0").split(/[ \n]+/)) {
    if (fits(`${line} ${word}`.trim())) {
      line = `${line} ${word}`.trim();
      continue;
    }
    if (line) lines.push(line);
    line = "";
    for (const letter of word) {
      if (line && !fits(line + letter)) {
        lines.push(line);
        line = "";
      }
      line += letter;
    }
  }
  return line ? [...lines, line] : lines;
}

function linesOf(context, room, family, texts) {
  return texts.flatMap(([words, look]) => {
    const font = (context.font = fontOf(look, family));
    return wrapped(context, words, room).map((line) => ({ line, font, color: look.color, height: Math.round(1.4 * look.size) }));
  });
}

const heightOf = (lines) => lines.reduce((sum, { height }) => sum + height, 0);

function writeLines(context, lines, top) {
  for (const { line, font, color, height } of lines) {
    Object.assign(context, { font, fillStyle: color, textBaseline: "middle" });
    context.fillText(line, EDGE, top + height / 2);
    top += height;
  }
}

function compose({ text, lines = [], family = PAPER.family, width, height, paint }) {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  const room = Math.max(width, MIN_TEXT_PX);
  const above = [[text.title, TITLE], [text.settings, SETTINGS], ...lines.filter(Boolean).map((line) => [line, SETTINGS])];
  const head = linesOf(context, room, family, above);
  const foot = linesOf(context, room, family, [[text.footer, FOOTER]]);
  const top = EDGE + heightOf(head) + EDGE / 2;
  const size = [room + 2 * EDGE, top + height + EDGE / 2 + heightOf(foot) + EDGE].map((side) => Math.ceil(side * SHARPNESS));
  if (Math.max(...size) > MAX_SIDE || size[0] * size[1] > MAX_AREA) throw new Refusal(TOO_LARGE);
  [canvas.width, canvas.height] = size;
  context.scale(SHARPNESS, SHARPNESS);
  context.fillStyle = PAPER.background;
  context.fillRect(0, 0, ...size);
  writeLines(context, head, EDGE);
  writeLines(context, foot, top + height + EDGE / 2);
  context.translate(EDGE, top);
  paint(context);
  return canvas;
}

// ---------------------------------------------------------------- a part of the page

// What `seen` gives of a part of the page. It is painted in the colours of paper between two frames: nobody sees it.
function asPicture(part, text, lines, redraw = () => {}) {
  const { left, top, width, height } = extentOf(part);
  const paint = (context) => {
    for (const [name, value] of Object.entries(ON_PAPER)) part.style.setProperty(name, value);
    try {
      redraw();
      context.translate(-left, -top);
      paintElement(context, part);
    } finally {
      for (const name of Object.keys(ON_PAPER)) part.style.removeProperty(name);
      redraw();
    }
  };
  return { text, lines, family: getComputedStyle(part).fontFamily, width, height, paint };
}

// Where its pictures and words stand: a grid may be wider than what is in it.
function extentOf(part) {
  const isFilled = ({ backgroundColor, backgroundImage }) => backgroundImage !== "none" || !/, 0\)$/.test(backgroundColor);
  const isShown = (node) =>
    !node.closest("button") &&
    (node.matches("canvas, img, svg, figure") ||
      (!node.childElementCount && (node.textContent || isFilled(getComputedStyle(node)))));
  const places = [...part.querySelectorAll("*")].filter(isShown).map((node) => node.getBoundingClientRect());
  const seen = places.filter(({ width, height }) => width && height);
  const [left, top] = ["left", "top"].map((side) => Math.min(...seen.map((place) => place[side])) - 2);
  const [right, bottom] = ["right", "bottom"].map((side) => Math.max(...seen.map((place) => place[side])) + 2);
  if (!seen.length) throw new Refusal(NOT_SAVED);
  return { left, top, width: right - left, height: bottom - top };
}

function paintElement(context, element) {
  const style = getComputedStyle(element);
  if (style.display === "none" || element.matches("button, input")) return;
  const alpha = context.globalAlpha;
  context.globalAlpha = alpha * style.opacity;
  if (style.visibility === "visible") {
    const place = element.getBoundingClientRect();
    paintBox(context, style, place);
    if (element.matches("canvas, img")) paintImage(context, element, style, place);
    if (element.matches("svg")) paintLines(context, element, style);
    for (const child of element.childNodes) if (child.nodeType === Node.TEXT_NODE) paintWords(context, child, style);
  }
  if (!element.matches("svg")) for (const child of element.children) paintElement(context, child);
  context.globalAlpha = alpha;
}

function paintBox(context, style, place) {
  const { left, top, width, height } = place;
  const border = parseFloat(style.borderTopWidth);
  const polygon = style.clipPath.startsWith("polygon") && style.clipPath;
  const outline = polygon ? asPath(polygon, place) : roundedBox(place, border / 2, parseFloat(style.borderTopLeftRadius) || 0);
  context.fillStyle = backgroundOf(context, style, place);
  context.fill(outline);
  if (border) Object.assign(context, { strokeStyle: style.borderTopColor, lineWidth: border });
  else Object.assign(context, { strokeStyle: PAPER.border, lineWidth: 1 });
  if (border || style.boxShadow !== "none") context.stroke(outline);
  const below = border ? 0 : parseFloat(style.borderBottomWidth);
  context.fillStyle = style.borderBottomColor;
  context.fillRect(left, top + height - below, width, below);
}

function roundedBox({ left, top, width, height }, inset, radius) {
  const path = new Path2D();
  path.roundRect(left + inset, top + inset, Math.max(0, width - 2 * inset), Math.max(0, height - 2 * inset), radius);
  return path;
}

function asPath(polygon, { left, top, width, height }) {
  const path = new Path2D();
  const sides = [...polygon.matchAll(/(-?[\d.]+)(px|%)/g)];
  const at = (i, start, length) => start + (sides[i][2] === "%" ? (Number(sides[i][1]) * length) / 100 : Number(sides[i][1]));
  for (let i = 0; i + 1 < sides.length; i += 2) path.lineTo(at(i, left, width), at(i + 1, top, height));
  path.closePath();
  return path;
}

// Of one colour, or of several from left to right: no other gradients are on these pages.
function backgroundOf(context, { backgroundColor, backgroundImage }, { left, width }) {
  if (!backgroundImage.startsWith("linear-gradient")) return backgroundColor;
  const [from, to] = backgroundImage.includes("(270deg") ? [left + width, left] : [left, left + width];
  const gradient = context.createLinearGradient(from, 0, to, 0);
  const colours = backgroundImage.match(/(rgba?|color)\([^)]*\)/g);
  colours.forEach((colour, i) => gradient.addColorStop(i / (colours.length - 1), colour));
  return gradient;
}

function paintImage(context, image, style, { left, top, width, height }) {
  const [w, h] = [image.naturalWidth ?? image.width, image.naturalHeight ?? image.height];
  if (!w || !h) return;
  const padding = parseFloat(style.paddingLeft);
  let size = [width - 2 * padding, height - 2 * padding];
  const by = Math.min(size[0] / w, size[1] / h);
  if (style.objectFit === "contain") size = [w * by, h * by];
  context.imageSmoothingEnabled = style.imageRendering !== "pixelated";
  context.drawImage(image, left + (width - size[0]) / 2, top + (height - size[1]) / 2, ...size);
}

function paintLines(context, svg, { color, strokeWidth, strokeLinecap }) {
  for (const path of svg.querySelectorAll("path")) {
    const { a, b, c, d, e, f } = path.getScreenCTM();
    context.save();
    context.transform(a, b, c, d, e, f);
    Object.assign(context, { strokeStyle: color, lineWidth: parseFloat(strokeWidth), lineCap: strokeLinecap });
    context.stroke(new Path2D(path.getAttribute("d")));
    context.restore();
  }
}

// Each word where it stands, so that lines break as on the page.
function paintWords(context, text, style) {
  const { color, fontStyle, fontWeight, fontSize, fontFamily } = style;
  const font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
  Object.assign(context, { font, fillStyle: color, textBaseline: "alphabetic" });
  const range = document.createRange();
  const placesOf = (from, length) => {
    range.setStart(text, from);
    range.setEnd(text, from + length);
    return range.getClientRects();
  };
  const write = (word, from) => {
    const [place, ...others] = placesOf(from, word.length);
    if (others.length && word.length > 1) return [...word.matchAll(/./gsu)].forEach((one) => write(one[0], from + one.index));
    const { fontBoundingBoxAscent } = context.measureText(word);
    if (place) context.fillText(word, place.left, place.top + fontBoundingBoxAscent);
  };
  for (const word of text.data.matchAll(/\S+/g)) write(word[0], word.index);
}
