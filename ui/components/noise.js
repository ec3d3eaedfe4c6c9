// The corruptions of autoenc/noise.py, in the same order of operations. A scene has the images `x`, in [0, 1], and the
// randomness `unit`, standard normal, both Float32Array (n, channels, height, width).

const f32 = Math.fround; // where NumPy and PyTorch round to 32 bits and a whole photon hangs on it
const FEW_PHOTONS = 10; // up to here Poisson's quantile is looked up; beyond, its normal expansion is as good
const GREY = 0.5;
const MIN_LEVEL = 1e-3;

// The standard normal distribution function, to 1e-15: the series of Marsaglia, "Evaluating the Normal Distribution".
function ndtr(z) {
  if (Math.abs(z) > 8) return z > 0 ? 1 : 0;
  let [sum, term, last] = [z, z, 0];
  for (let i = 3; Math.abs(sum - last) > 0; i += 2) {
    last = sum;
    sum += term *= (z * z) / i;
  }
  return 0.5 + sum * Math.exp(-(z * z) / 2 - 0.5 * Math.log(2 * Math.PI));
}

// The same for every level: computed once.
const uniform = (scene) => (scene.uniform ??= Float64Array.from(scene.unit, ndtr));

function gaussian({ x, unit }, level, y) {
  for (let i = 0; i < y.length; i++) y[i] = x[i] + level * unit[i];
}

function speckle({ x, unit }, level, y) {
  for (let i = 0; i < y.length; i++) y[i] = x[i] * (1 + level * unit[i]);
}

function saltAndPepper(scene, level, y) {
  const { x, n, channels, height, width } = scene;
  const u = uniform(scene);
  const [area, low, high] = [height * width, f32(level / 2), f32(1 - level / 2)];
  for (let image = 0; image < n; image++)
    for (let channel = 0; channel < channels; channel++) {
      const first = image * channels * area; // all channels of a pixel together
      for (let i = 0; i < area; i++) {
        const [odds, at] = [f32(u[first + i]), first + channel * area + i];
        y[at] = odds < low ? 0 : odds > high ? 1 : x[at];
      }
    }
}

function fewPhotons(mean, u) {
  let [chance, count] = [Math.exp(-mean), 0];
  let below = chance;
  for (let k = 1; k < 5 * FEW_PHOTONS && u > below; k++) {
    count++;
    chance *= mean / k;
    below += chance;
  }
  return count;
}

function manyPhotons(mean, unit) {
  const root = f32(Math.sqrt(mean));
  const square = f32(unit * unit);
  const middle = f32(f32(f32(mean + f32(root * unit)) + f32(1 / 3)) + f32(square / 6));
  const skew = f32(f32(unit / 36) + f32(f32(square * unit) / 72));
  return Math.max(0, Math.floor(f32(middle - f32(skew / root))));
}

function shot(scene, level, y) {
  const { x, unit } = scene;
  const [u, photon] = [uniform(scene), f32(level * level)]; // the brightness of one
  for (let i = 0; i < y.length; i++) {
    const mean = f32(x[i] / photon);
    y[i] = photon * (mean > FEW_PHOTONS ? manyPhotons(mean, unit[i]) : fewPhotons(mean, u[i]));
  }
}

// (side, side): what each pixel takes from the others of its row.
function spread(side, level) {
  const rows = Array.from({ length: side }, (_, i) => {
    const weights = Array.from({ length: side }, (_, j) => Math.exp(-((i - j) ** 2) / (2 * level ** 2)));
    const sum = weights.reduce((a, b) => a + b);
    return weights.map((weight) => weight / sum);
  });
  return Float64Array.from(rows.flat());
}

// Along lines of `side` pixels that are `step` apart; `others` lines begin `skip` apart.
function spreadAlong(from, to, first, weights, [side, step, others, skip]) {
  for (let line = 0; line < others; line++) {
    const start = first + line * skip;
    for (let i = 0; i < side; i++) {
      let sum = 0;
      for (let j = 0; j < side; j++) sum += weights[i * side + j] * from[start + j * step];
      to[start + i * step] = sum;
    }
  }
}

function blur(scene, level, y) {
  const { x, height, width } = scene;
  const between = (scene.between ??= new Float64Array(y.length));
  const [rows, columns] = [spread(height, level), spread(width, level)];
  for (let first = 0; first < y.length; first += height * width) {
    spreadAlong(x, between, first, rows, [height, width, width, 1]);
    spreadAlong(between, y, first, columns, [width, 1, height, width]);
  }
}

// Halves go to the even neighbour.
const rounded = (v) => (v - Math.floor(v) === 0.5 ? 2 * Math.round(v / 2) : Math.round(v));

function block({ x, unit, n, channels, height, width }, level, y) {
  const share = f32(Math.sqrt(f32(level)));
  const size = channels * height * width;
  y.set(x);
  for (let image = 0; image < n; image++) {
    const [tall, wide] = [height, width].map((side) => rounded(f32(share * side)));
    const start = (draw, side, long) => Math.min(Math.floor(f32(f32(ndtr(draw)) * (side - long + 1))), side - long);
    const top = start(unit[image * size], height, tall);
    const left = start(unit[image * size + 1], width, wide);
    for (let channel = 0; channel < channels; channel++)
      for (let row = top; row < top + tall; row++) {
        const at = image * size + (channel * height + row) * width + left;
        y.fill(GREY, at, at + wide);
      }
  }
}

const CORRUPTIONS = { gaussian, "salt-pepper": saltAndPepper, speckle, shot, blur, block };

// Into y, as the function `apply` there: the images with this noise, clipped to [0, 1].
function corrupt(kind, scene, level, y) {
  CORRUPTIONS[kind](scene, Math.max(level, MIN_LEVEL), y);
  for (let i = 0; i < y.length; i++) y[i] = Math.min(1, Math.max(0, y[i]));
}
