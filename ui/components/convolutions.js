// Convolutions, and transposed ones, as products (arithmetic.js): an output is the sum over the weights of a kernel of the
// image, shifted. The image lies in planes with a margin, whose rows follow each other, so that a shift is a number. What is
// computed between the end of a row and the beginning of the next one is not used.

const range = (n) => Array.from({ length: n }, (_, i) => i);
const pairs = (all, others, make) => all.flatMap((one) => others.map((other) => make(one, other)));

// Along one side of the image. What stands beside each other for the kernel must do so in a plane: `planes` of `length`, and
// `place`, the plane and the place there of each pixel. `parts` of the output, each the pixels from `first` in steps of
// `step`, `count` of them; `taps` are the weights that it needs, each with the plane and the place where it begins.

// Every pixel of a plane, at stride 1: where the stride is 2, one plane has the even pixels and one the odd ones.
function alongConv(size, made, kernel, stride, padding) {
  const at = (i) => ({ plane: i % stride, place: Math.floor(i / stride) });
  return {
    ...{ planes: stride, length: made + at(kernel - 1).place, place: range(size).map((i) => at(i + padding)) },
    parts: [{ first: 0, step: 1, count: made, taps: range(kernel).map((tap) => ({ tap, ...at(tap) })) }],
  };
}

// At stride 2 the even pixels of the output need the even weights of the kernel, backwards, the odd ones the odd.
function alongTransposed(size, made, kernel, stride, padding) {
  const margin = Math.floor((kernel - 1) / stride);
  const parts = range(stride).map((phase) => {
    const begin = Math.max(0, Math.ceil((padding - phase) / stride)); // the pixel of the input that the first weight meets
    const first = begin * stride + phase - padding;
    const taps = range(kernel).filter((tap) => tap % stride === phase);
    const placed = taps.map((tap) => ({ tap, plane: 0, place: begin + margin - (tap - phase) / stride }));
    return { begin, first, step: stride, count: Math.ceil((made - first) / stride), taps: placed };
  });
  const filled = parts.filter(({ count }) => count > 0);
  const length = margin + Math.max(...filled.map(({ begin, count }) => begin + count));
  return { planes: 1, length, place: range(size).map((i) => ({ plane: 0, place: i + margin })), parts: filled };
}

const ALONG = { conv: alongConv, conv_transpose: alongTransposed };

// Both sides together: `size` of the planes of a channel, and where in them each pixel lies, -1 where nothing reads it; `made`
// numbers of a channel of the output, all parts, and which of them is each pixel.
function layoutOf({ kind, input, output, kernel, stride, padding }) {
  const [down, across] = [0, 1].map((side) => ALONG[kind](input[side + 1], output[side + 1], kernel[side], stride[side], padding[side]));
  const [pitch, area] = [across.length, down.length * across.length];
  const addressOf = (y, x) => (y.plane * across.planes + x.plane) * area + y.place * pitch + x.place;
  const isRead = (y, x) => y.place < down.length && x.place < pitch;
  const pixels = new Int32Array(output[1] * output[2]);
  let made = 0;
  const parts = pairs(down.parts, across.parts, (rows, columns) => {
    const begin = made;
    for (let y = 0; y < rows.count; y++)
      for (let x = 0; x < columns.count; x++)
        pixels[(rows.first + y * rows.step) * output[2] + columns.first + x * columns.step] = begin + y * pitch + x;
    const length = upToLanes((rows.count - 1) * pitch + columns.count);
    made += length;
    const taps = pairs(rows.taps, columns.taps, (y, x) => ({ tap: y.tap * kernel[1] + x.tap, shift: addressOf(y, x) }));
    return { begin, length, taps };
  });
  const places = Int32Array.from(pairs(down.place, across.place, (y, x) => (isRead(y, x) ? addressOf(y, x) : -1)));
  return { size: down.planes * across.planes * area, places, made, pixels, parts };
}

// One product for each part of the output: the terms are the weights of the kernel, for all channels of the input.
function productOf({ begin, length, taps }, { kind, input, output, kernel, weight }, weights, memory, { size, made }, numbers) {
  const [[channels], [rows], n] = [input, output, taps.length];
  const isTransposed = kind === "conv_transpose";
  const weightOf = (row, term) => {
    const [channel, { tap }] = [Math.floor(term / n), taps[term % n]];
    const pair = isTransposed ? channel * rows + row : row * channels + channel;
    return weights[weight + pair * kernel[0] * kernel[1] + tap];
  };
  return {
    ...{ bias: numbers.bias, from: numbers.from, to: numbers.to + begin },
    weights: packRows(memory, rows, channels * n, weightOf),
    shifts: memory.store(Int32Array.from(pairs(range(channels), taps, (channel, { shift }) => channel * size + shift))),
    ...{ rows, columns: length, terms: channels * n, pitch: made },
  };
}

function convolution(layer, weights, memory, x, n) {
  const { input: [channels], output: [outputs], bias } = layer;
  const layout = layoutOf(layer);
  const { size, made } = layout;
  const places = { places: memory.store(layout.places), n: layout.places.length, channels, pitch: size };
  const pixels = { places: memory.store(layout.pixels), n: layout.pixels.length, channels: outputs, pitch: made };
  const numbers = {
    bias: memory.store(weights.subarray(bias, bias + outputs)),
    from: memory.take(channels * size + LANES), // the last columns may read beyond the last plane
    to: memory.take(outputs * made),
  };
  const tasks = layout.parts.map((part) => productOf(part, layer, weights, memory, layout, numbers));
  const y = memory.take(n * outputs * pixels.n);
  const run = () => {
    for (let image = 0; image < n; image++) {
      memory.scatter(x + image * channels * places.n, numbers.from, places);
      for (const task of tasks) memory.product(task);
      memory.gather(numbers.to, y + image * outputs * pixels.n, pixels);
    }
  };
  return { y, run };
}
