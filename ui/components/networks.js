// Trained networks forward, for a batch of images. Every array is made once: nothing is allocated in a drag.

const matrix = (data, row, column) => ({ data, row, column, at: 0 }); // steps from row to row, column to column
const sizeOf = (shape) => shape.reduce((a, b) => a * b, 1);

// c[m, n] += the sum over k of a[m, k] b[k, n]. Four rows by two columns at a time: each number that is read is used
// more than once. The sums have 64 bits: to round each to 32 takes twice as long.
function addProduct(a, b, c, [m, n, k]) {
  const [wholeRows, wholeColumns] = [m - (m % 4), n - (n % 2)];
  for (let j = 0; j < wholeColumns; j += 2) for (let i = 0; i < wholeRows; i += 4) addBlock(a, b, c, i, j, k);
  for (let j = 0; j < n; j++) for (let i = j < wholeColumns ? wholeRows : 0; i < m; i++) addOne(a, b, c, i, j, k);
}

function addBlock(a, b, c, i, j, k) {
  const { data: A, row, column: step } = a;
  const { data: B, row: stepB, column } = b;
  let [at, atB] = [a.at + i * row, b.at + j * column];
  let [s00, s01, s10, s11, s20, s21, s30, s31] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let q = 0; q < k; q++) {
    const b0 = B[atB];
    const b1 = B[atB + column];
    const a0 = A[at];
    const a1 = A[at + row];
    const a2 = A[at + 2 * row];
    const a3 = A[at + 3 * row];
    s00 += a0 * b0;
    s01 += a0 * b1;
    s10 += a1 * b0;
    s11 += a1 * b1;
    s20 += a2 * b0;
    s21 += a2 * b1;
    s30 += a3 * b0;
    s31 += a3 * b1;
    at += step;
    atB += stepB;
  }
  const { data: C, row: down, column: right } = c;
  const to = c.at + i * down + j * right;
  C[to] += s00;
  C[to + right] += s01;
  C[to + down] += s10;
  C[to + down + right] += s11;
  C[to + 2 * down] += s20;
  C[to + 2 * down + right] += s21;
  C[to + 3 * down] += s30;
  C[to + 3 * down + right] += s31;
}

function addOne(a, b, c, i, j, k) {
  const { data: A, column: step } = a;
  const { data: B, row: stepB } = b;
  let [at, atB, sum] = [a.at + i * a.row, b.at + j * b.column, 0];
  for (let q = 0; q < k; q++, at += step, atB += stepB) sum += A[at] * B[atB];
  c.data[c.at + i * c.row + j * c.column] += sum;
}

// ---------------------------------------------------------------- layers

function linear({ input, output, weight, bias }, weights, x, y) {
  const [[inputs], [outputs]] = [input, output];
  const rows = matrix(weights.subarray(weight, weight + inputs * outputs), inputs, 1);
  const biases = weights.subarray(bias, bias + outputs);
  const [from, to] = [matrix(x, 1, inputs), matrix(y, 1, outputs)];
  const n = y.length / outputs;
  return () => {
    for (let at = 0; at < y.length; at += outputs) y.set(biases, at);
    addProduct(rows, from, to, [outputs, n, inputs]);
  };
}

// Which pixel of the large image each weight of a kernel meets, at each place where the kernel is put: (channels, kh,
// kw, places of the small image); -1 in the margin.
function meetings([channels, height, width], [, rows, columns], { kernel, stride, padding }) {
  const met = [];
  for (let c = 0; c < channels; c++)
    for (let ky = 0; ky < kernel[0]; ky++)
      for (let kx = 0; kx < kernel[1]; kx++)
        for (let row = 0; row < rows; row++)
          for (let column = 0; column < columns; column++) {
            const [y, x] = [row * stride[0] - padding[0] + ky, column * stride[1] - padding[1] + kx];
            const inside = y >= 0 && y < height && x >= 0 && x < width;
            met.push(inside ? (c * height + y) * width + x : -1);
          }
  return Int32Array.from(met);
}

// The patches under the kernel side by side make it a product of matrices.
function conv(layer, weights, x, y) {
  const { input, output, weight, bias } = layer;
  const met = meetings(input, output, layer);
  const [channels, places] = [output[0], output[1] * output[2]];
  const taps = met.length / places;
  const [large, small] = [sizeOf(input), sizeOf(output)];
  const rows = matrix(weights.subarray(weight, weight + channels * taps), taps, 1);
  const patches = matrix(new Float32Array(met.length), places, 1);
  const to = matrix(y, places, 1);
  return () => {
    for (let first = (to.at = 0); to.at < y.length; first += large, to.at += small) {
      for (let i = 0; i < met.length; i++) patches.data[i] = met[i] < 0 ? 0 : x[first + met[i]];
      fillChannels(y, to.at, weights, bias, channels, places);
      addProduct(rows, patches, to, [channels, places, taps]);
    }
  };
}

// The same the other way round: each place of the small image adds a patch to the large one.
function convTranspose(layer, weights, x, y) {
  const { input, output, weight, bias } = layer;
  const met = meetings(output, input, layer);
  const [channels, places] = [input[0], input[1] * input[2]];
  const taps = met.length / places;
  const [small, large] = [sizeOf(input), sizeOf(output)];
  const columns = matrix(weights.subarray(weight, weight + channels * taps), 1, taps);
  const patches = matrix(new Float32Array(met.length), places, 1);
  const from = matrix(x, places, 1);
  return () => {
    for (let first = (from.at = 0); first < y.length; first += large, from.at += small) {
      patches.data.fill(0);
      addProduct(columns, from, patches, [taps, places, channels]);
      fillChannels(y, first, weights, bias, output[0], large / output[0]);
      for (let i = 0; i < met.length; i++) if (met[i] >= 0) y[first + met[i]] += patches.data[i];
    }
  };
}

function fillChannels(y, first, weights, bias, channels, size) {
  for (let c = 0; c < channels; c++) y.fill(weights[bias + c], first + c * size, first + (c + 1) * size);
}

function crop({ input, output }, weights, x, y) {
  const [[, height, width], [, rows, columns]] = [input, output];
  const images = y.length / (rows * columns); // one channel each
  return () => {
    for (let image = 0; image < images; image++)
      for (let row = 0; row < rows; row++) {
        const from = (image * height + row) * width;
        for (let i = 0; i < columns; i++) y[(image * rows + row) * columns + i] = x[from + i];
      }
  };
}

// The largest of each square of four; an odd last row or column is left out.
function maxPool({ input, output }, weights, x, y) {
  const [[, height, width], [, rows, columns]] = [input, output];
  const images = y.length / (rows * columns); // one channel each
  return () => {
    for (let image = 0, to = 0; image < images; image++)
      for (let row = 0; row < rows; row++) {
        let at = (image * height + 2 * row) * width;
        for (let i = 0; i < columns; i++, at += 2) y[to++] = Math.max(x[at], x[at + 1], x[at + width], x[at + width + 1]);
      }
  };
}

// Each channel times a factor, plus a summand.
function scale({ input: [channels, ...sides], weight, bias }, weights, x) {
  const size = sizeOf(sides);
  return () => {
    for (let first = 0, c = 0; first < x.length; first += size, c = (c + 1) % channels)
      for (let i = first; i < first + size; i++) x[i] = x[i] * weights[weight + c] + weights[bias + c];
  };
}

const relu = (layer, weights, x) => () => {
  for (let i = 0; i < x.length; i++) if (x[i] < 0) x[i] = 0;
};

const sigmoid = (layer, weights, x) => () => {
  for (let i = 0; i < x.length; i++) x[i] = 1 / (1 + Math.exp(-x[i]));
};

const isHalf = (v) => Math.abs(v - Math.trunc(v)) === 0.5;
const roundHalfToEven = (v) => (isHalf(v) ? 2 * Math.round(v / 2) : Math.round(v)); // as PyTorch does

const round = (layer, weights, x) => () => {
  for (let i = 0; i < x.length; i++) x[i] = roundHalfToEven(x[i]);
};

const reshape = () => () => {};

const INTO_ANOTHER = { linear, conv, conv_transpose: convTranspose, crop, max_pool: maxPool };
const IN_PLACE = { relu, round, scale, sigmoid, flatten: reshape, unflatten: reshape };

// A function of n images, Float32Array (n, C, H, W); it returns the same array each time, with new numbers.
function prepared({ layers, weights }, n) {
  const input = new Float32Array(n * sizeOf(layers[0].input));
  let x = input;
  const steps = layers.map((layer) => {
    if (IN_PLACE[layer.kind]) return IN_PLACE[layer.kind](layer, weights, x);
    const y = new Float32Array(n * sizeOf(layer.output));
    const step = INTO_ANOTHER[layer.kind](layer, weights, x, y);
    x = y;
    return step;
  });
  return (images) => {
    input.set(images);
    for (const step of steps) step();
    return x;
  };
}
