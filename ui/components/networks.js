// Trained networks forward, for a batch of images. All numbers lie in one memory (arithmetic.js); an address stands for an
// array, and nothing is allocated in a drag.

const sizeOf = (shape) => shape.reduce((a, b) => a * b, 1);

// ---------------------------------------------------------------- layers that make other numbers

// The images are the columns of the product.
function linear({ input: [inputs], output: [outputs], weight, bias }, weights, memory, x, n) {
  const columns = upToLanes(n);
  const [from, to, y] = [inputs * columns, outputs * columns, n * outputs].map(memory.take);
  const task = {
    weights: packRows(memory, outputs, inputs, (row, term) => weights[weight + row * inputs + term]),
    bias: memory.store(weights.subarray(bias, bias + outputs)),
    shifts: memory.store(Int32Array.from({ length: inputs }, (_, i) => i * columns)),
    ...{ from, to, rows: outputs, columns, terms: inputs, pitch: columns },
  };
  const run = () => {
    const { floats } = memory;
    for (let image = 0; image < n; image++)
      for (let i = 0; i < inputs; i++) floats[from + i * columns + image] = floats[x + image * inputs + i];
    memory.product(task);
    for (let image = 0; image < n; image++)
      for (let i = 0; i < outputs; i++) floats[y + image * outputs + i] = floats[to + i * columns + image];
  };
  return { y, run };
}

function crop({ input, output }, weights, memory, x, n) {
  const [[, height, width], [channels, rows, columns]] = [input, output];
  const y = memory.take(n * sizeOf(output));
  const run = () => {
    const { floats } = memory;
    for (let image = 0; image < n * channels; image++)
      for (let row = 0; row < rows; row++) {
        const [from, to] = [x + (image * height + row) * width, y + (image * rows + row) * columns];
        for (let i = 0; i < columns; i++) floats[to + i] = floats[from + i];
      }
  };
  return { y, run };
}

// The largest of each square of four; an odd last row or column is left out.
function maxPool({ input, output }, weights, memory, x, n) {
  const [[, height, width], [channels, rows, columns]] = [input, output];
  const y = memory.take(n * sizeOf(output));
  const run = () => {
    const { floats: F } = memory;
    for (let image = 0, to = y; image < n * channels; image++)
      for (let row = 0; row < rows; row++) {
        let at = x + (image * height + 2 * row) * width;
        for (let i = 0; i < columns; i++, at += 2) F[to++] = Math.max(F[at], F[at + 1], F[at + width], F[at + width + 1]);
      }
  };
  return { y, run };
}

// ---------------------------------------------------------------- layers that change numbers where they lie

// Each channel times a factor, plus a summand.
function scale({ input: [channels, ...sides], weight, bias }, weights, memory, x, n) {
  const size = sizeOf(sides);
  return () => {
    const { floats } = memory;
    for (let first = x, c = 0; first < x + n * channels * size; first += size, c = (c + 1) % channels) {
      const [factor, summand] = [weights[weight + c], weights[bias + c]];
      for (let i = first; i < first + size; i++) floats[i] = floats[i] * factor + summand;
    }
  };
}

const reluLayer = ({ input }, weights, memory, x, n) => () => memory.relu(x, n * sizeOf(input));

const sigmoidLayer = ({ input }, weights, memory, x, n) => () => memory.sigmoid(x, n * sizeOf(input));

const isHalf = (v) => Math.abs(v - Math.trunc(v)) === 0.5;
const roundHalfToEven = (v) => (isHalf(v) ? 2 * Math.round(v / 2) : Math.round(v)); // as PyTorch does

const round = ({ input }, weights, memory, x, n) => () => {
  const { floats } = memory;
  const end = x + n * sizeOf(input);
  for (let i = x; i < end; i++) floats[i] = roundHalfToEven(floats[i]);
};

const reshape = () => () => {};

const INTO_ANOTHER = { linear, conv: convolution, conv_transpose: convolution, crop, max_pool: maxPool };
const IN_PLACE = { relu: reluLayer, round, scale, sigmoid: sigmoidLayer, flatten: reshape, unflatten: reshape };

// ---------------------------------------------------------------- networks

// A function of n images, Float32Array (n, C, H, W): what the network makes of them.
function prepared({ layers, weights }, n, memory) {
  const input = memory.take(n * sizeOf(layers[0].input));
  const size = n * sizeOf(layers.at(-1).output);
  let x = input;
  const steps = layers.map((layer) => {
    if (IN_PLACE[layer.kind]) return IN_PLACE[layer.kind](layer, weights, memory, x, n);
    const { y, run } = INTO_ANOTHER[layer.kind](layer, weights, memory, x, n);
    x = y;
    return run;
  });
  return (images) => {
    memory.floats.set(images, input);
    for (const step of steps) step();
    return memory.floats.slice(x, x + size);
  };
}
