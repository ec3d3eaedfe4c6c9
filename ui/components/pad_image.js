// A drawing as an image, as MNIST was made from handwriting.

const SIDE = 320; // pixels of the pad

// The part of the pad that is drawn on; null: nothing is.
function inked(levels) {
  let [left, top, right, bottom] = [SIDE, SIDE, -1, -1];
  for (let i = 0; i < levels.length; i++) {
    if (!levels[i]) continue;
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

// `lines` lines of `n` numbers each -> of m: each is the mean of the stretch that it covers. The second number of a pair
// is how far it is to the next: [to the next number, to the next line].
function means(from, [step, line], n, m, lines) {
  const to = new Float64Array(m * lines);
  const ratio = n / m;
  for (let i = 0; i < m; i++) {
    const [first, last] = [i * ratio, (i + 1) * ratio];
    for (let k = Math.floor(first); k < Math.min(n, Math.ceil(last)); k++) {
      const part = (Math.min(k + 1, last) - Math.max(k, first)) / ratio;
      if (part > 0) for (let j = 0; j < lines; j++) to[j * m + i] += part * from[k * step + j * line];
    }
  }
  return to;
}

function reduced(levels, { left, top, width, height }, columns, rows) {
  const part = new Float64Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) part[y * width + x] = levels[(top + y) * SIDE + left + x];
  const narrow = means(part, [1, width], width, columns, height); // (height, columns)
  const small = means(narrow, [columns, 1], height, rows, columns); // (columns, rows)
  const upright = new Float64Array(rows * columns);
  for (let y = 0; y < rows; y++) for (let x = 0; x < columns; x++) upright[y * columns + x] = small[x * rows + y];
  return upright;
}

// Where the first pixel of a stretch of `n` goes, so that its centre of mass is in the middle of `side`.
function centred(masses, n, side) {
  let [sum, moment] = [0, 0];
  for (let i = 0; i < n; i++) [sum, moment] = [sum + masses[i], moment + masses[i] * (i + 0.5)];
  return Math.max(0, Math.min(side - n, Math.round(side / 2 - moment / sum)));
}

// What is drawn, its aspect kept, into 20 of 28 parts of the image, its centre of mass in the middle: Uint8Array.
function asImage(levels, [height, width]) {
  const image = new Uint8Array(height * width);
  const box = inked(levels);
  if (!box) return image;
  const scale = Math.max(1, Math.round((20 / 28) * Math.min(height, width))) / Math.max(box.width, box.height);
  const [columns, rows] = [box.width, box.height].map((side) => Math.max(1, Math.round(side * scale)));
  const small = reduced(levels, box, columns, rows);
  const across = Array.from({ length: columns }, () => 0);
  const down = Array.from({ length: rows }, () => 0);
  small.forEach((level, i) => {
    across[i % columns] += level;
    down[Math.floor(i / columns)] += level;
  });
  const [x, y] = [centred(across, columns, width), centred(down, rows, height)];
  small.forEach((level, i) => {
    image[(y + Math.floor(i / columns)) * width + x + (i % columns)] = Math.round(level);
  });
  return image;
}

// As a network takes it: numbers from 0 to 1, the same in each channel.
function asInput(image, [channels]) {
  return Float32Array.from({ length: channels * image.length }, (_, i) => image[i % image.length] / 255);
}
