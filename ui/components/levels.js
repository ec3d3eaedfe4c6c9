// Pictures of numbers, as networks give them, on canvases.

let onePicture = null; // all are made in it, as long as they are of one size

// The numbers of one image (C, H, W) from `first` on, 0 to `white`, on a canvas at (left, top).
function paintLevels(canvas, levels, [channels, height, width], { first = 0, white = 1, left = 0, top = 0 } = {}) {
  if (onePicture?.width !== width || onePicture.height !== height) onePicture = new ImageData(width, height);
  const { data } = onePicture; // it rounds
  const area = height * width;
  const planes = channels === 3 ? [0, area, 2 * area] : [0, 0, 0];
  for (let at = 0; at < area; at++) {
    for (let c = 0; c < 3; c++) data[4 * at + c] = (levels[first + planes[c] + at] * 255) / white;
    data[4 * at + 3] = 255;
  }
  canvas.getContext("2d").putImageData(onePicture, left, top);
}

// Only where it differs: another size empties a canvas.
function sizeCanvas(canvas, width, height) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
}
