// What components share: files that come as bytes, elements, pixels, colours, the button of what moves.

const STILL = matchMedia("(prefers-reduced-motion: reduce)");

// The length of the head, the head with the sizes of the files, the files.
function unpack(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  let at = 4 + length;
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, at)));
  head.files = head.sizes.map((size) => bytes.subarray(at, (at += size)));
  return head;
}

// Off the main thread.
const EXACT = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
const decode = (file) => createImageBitmap(new Blob([file], { type: "image/webp" }), EXACT);

const place = (i, { across, width, height }) => [(i % across) * width, Math.floor(i / across) * height, width, height];

function element(parent, tag, className, text) {
  const child = document.createElement(tag);
  if (className) child.className = className;
  if (text !== undefined) child.textContent = text;
  parent.append(child);
  return child;
}

// Only where it differs: a page that follows a finger touches no more than it must.
const change = (node, name, value) => node[name] === value || (node[name] = value);

const slate = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

function pixels(source) {
  const { width, height } = Object.assign(slate.canvas, { width: source.width, height: source.height });
  slate.drawImage(source, 0, 0);
  return slate.getImageData(0, 0, width, height);
}

// 256 colours from black over this one to white. Their lightness, CIE L*, rises evenly: equal steps look equal, and
// read the same without colour vision.
function ramp(colour) {
  slate.fillStyle = colour; // reads back as #rrggbb
  const middle = [1, 3, 5].map((at) => parseInt(slate.fillStyle.slice(at, at + 2), 16));
  const [r, g, b] = middle.map((level) => (level / 255) ** 2.2);
  const knee = 255 * (1.16 * Math.cbrt(0.2126 * r + 0.7152 * g + 0.0722 * b) - 0.16);
  const between = (level) => (m) => level < knee ? (level * m) / knee : m + ((255 - m) * (level - knee)) / (255 - knee);
  const colours = Array.from({ length: 256 }, (_, level) => [...middle.map(between(level)), 255]);
  return new Uint32Array(Uint8Array.from(colours.flat()).buffer);
}

// Levels from 0 to 255, told for the place of each pixel, in these colours.
function coloured(image, level, colours) {
  const whole = new Uint32Array(image.data.buffer); // all four channels at once
  for (let i = 0; i < whole.length; i++) whole[i] = colours[level(4 * i)];
  return image;
}

// Absolute difference of each pixel, the mean over its channels.
function difference(x, xHat, colours) {
  const [a, b] = [x.data, xHat.data];
  const off = (at) => Math.abs(a[at] - b[at]);
  return coloured(xHat, (at) => Math.round((off(at) + off(at + 1) + off(at + 2)) / 3), colours);
}

// It shows what a press will do.
function playButton(parent, onclick) {
  const button = element(parent, "button", "play");
  button.type = "button";
  button.onclick = onclick;
  return button;
}

function showPlaying(button, playing) {
  const path = playing ? "M6 5h4v14H6zM14 5h4v14h-4z" : "M8 5v14l11-7z";
  button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
  button.setAttribute("aria-label", (button.title = playing ? "Pause" : "Play"));
}
