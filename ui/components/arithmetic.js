// The heavy arithmetic of networks, in a memory that they share: in WebAssembly, four numbers at a time (arithmetic.c says
// the same), or in JavaScript where the browser has no such thing. An address in the memory counts numbers of 32 bits.

const BYTES = 4; // of a number
const PAGE = 65536; // bytes: the memory of WebAssembly comes in pages
const LANES = 4; // columns of a product come in fours
const upToLanes = (n) => Math.ceil(n / LANES) * LANES;

// ---------------------------------------------------------------- the memory

// The program, and the memory that it works in; null: the browser cannot run it.
function startWasm() {
  try {
    const program = Uint8Array.from(atob(ARITHMETIC.program), (letter) => letter.charCodeAt(0));
    const memory = new WebAssembly.Memory({ initial: 1 });
    return { memory, ...new WebAssembly.Instance(new WebAssembly.Module(program), { env: { memory } }).exports };
  } catch {
    return null;
  }
}

// `floats` and `ints` are two views of the same numbers, new ones when it has grown.
function createMemory() {
  const wasm = startWasm();
  const memory = { top: 0 };
  const see = (buffer) => Object.assign(memory, { floats: new Float32Array(buffer), ints: new Int32Array(buffer) });
  const grow = () => {
    const missing = BYTES * (memory.top - memory.ints.length);
    if (wasm) wasm.memory.grow(Math.ceil(missing / PAGE));
    const { ints } = memory;
    see(wasm ? wasm.memory.buffer : new ArrayBuffer(2 * BYTES * memory.top));
    if (!wasm) memory.ints.set(ints);
  };
  memory.take = (n) => {
    const at = memory.top;
    memory.top += upToLanes(n); // relu and sigmoid change four numbers at a time
    if (memory.top > memory.ints.length) grow();
    memory.ints.fill(0, at, memory.top);
    return at;
  };
  // Of a Float32Array or Int32Array, copied into the memory.
  memory.store = (numbers) => {
    const at = memory.take(numbers.length);
    (numbers instanceof Int32Array ? memory.ints : memory.floats).set(numbers, at);
    return at;
  };
  memory.clear = () => (memory.top = 0);
  see(wasm ? wasm.memory.buffer : new ArrayBuffer(PAGE));
  return Object.assign(memory, wasm ? inWasm(wasm) : inScript(memory));
}

const inWasm = ({ product, relu, sigmoid, gather, scatter }) => ({
  product: ({ weights, bias, from, shifts, to, rows, columns, terms, pitch }) =>
    product(BYTES * weights, BYTES * bias, BYTES * from, BYTES * shifts, BYTES * to, rows, columns, terms, pitch),
  relu: (x, n) => relu(BYTES * x, n),
  sigmoid: (x, n) => sigmoid(BYTES * x, n),
  gather: (from, to, { places, n, channels, pitch }) => gather(BYTES * from, BYTES * to, BYTES * places, n, channels, pitch),
  scatter: (from, to, { places, n, channels, pitch }) => scatter(BYTES * from, BYTES * to, BYTES * places, n, channels, pitch),
});

const inScript = (memory) => ({
  product: (task) => product(memory, task),
  relu: (x, n) => relu(memory, x, n),
  sigmoid: (x, n) => sigmoid(memory, x, n),
  gather: (from, to, places) => gather(memory, from, to, places),
  scatter: (from, to, places) => scatter(memory, from, to, places),
});

// ---------------------------------------------------------------- products

// Weights as a product reads them: of four rows at a time, term by term; the rows that are left one after the other.
function packRows(memory, rows, terms, weightOf) {
  const packed = new Float32Array(rows * terms);
  const whole = rows - (rows % 4);
  let to = 0;
  for (let i = 0; i < whole; i += 4)
    for (let q = 0; q < terms; q++) for (let row = i; row < i + 4; row++) packed[to++] = weightOf(row, q);
  for (let row = whole; row < rows; row++) for (let q = 0; q < terms; q++) packed[to++] = weightOf(row, q);
  return memory.store(packed);
}

// to[i, j] = bias[i] + the sum over q of weights[i, q] from[shifts[q] + j], for `rows` i, `columns` j, a multiple of four, and
// `terms` q; from row to row of the result it is `pitch`. Weights lie as packRows puts them.
function product({ floats, ints }, task) {
  const { rows, columns, shifts, terms } = task;
  const at = ints.subarray(shifts, shifts + terms);
  const whole = rows - (rows % 4);
  for (let j = 0; j < columns; j += 2) for (let i = 0; i < whole; i += 4) makeBlock(floats, at, task, i, j);
  for (let i = whole; i < rows; i++) for (let j = 0; j < columns; j += 4) makeLine(floats, at, task, i, j);
}

// Four rows by two columns: each number that is read is used more than once. The sums have 64 bits: to round each to 32
// takes twice as long.
function makeBlock(F, shifts, { weights, bias, from, to, terms, pitch }, i, j) {
  let s00 = F[bias + i];
  let s10 = F[bias + i + 1];
  let s20 = F[bias + i + 2];
  let s30 = F[bias + i + 3];
  let [s01, s11, s21, s31] = [s00, s10, s20, s30];
  let at = weights + i * terms;
  for (let q = 0; q < terms; q++, at += 4) {
    const atB = from + shifts[q] + j;
    const b0 = F[atB];
    const b1 = F[atB + 1];
    const a0 = F[at];
    const a1 = F[at + 1];
    const a2 = F[at + 2];
    const a3 = F[at + 3];
    s00 += a0 * b0;
    s01 += a0 * b1;
    s10 += a1 * b0;
    s11 += a1 * b1;
    s20 += a2 * b0;
    s21 += a2 * b1;
    s30 += a3 * b0;
    s31 += a3 * b1;
  }
  const first = to + i * pitch + j;
  F[first] = s00;
  F[first + 1] = s01;
  F[first + pitch] = s10;
  F[first + pitch + 1] = s11;
  F[first + 2 * pitch] = s20;
  F[first + 2 * pitch + 1] = s21;
  F[first + 3 * pitch] = s30;
  F[first + 3 * pitch + 1] = s31;
}

function makeLine(F, shifts, { weights, bias, from, to, terms, pitch }, i, j) {
  let s0 = F[bias + i];
  let [s1, s2, s3] = [s0, s0, s0];
  for (let q = 0, at = weights + i * terms; q < terms; q++, at++) {
    const a = F[at];
    const atB = from + shifts[q] + j;
    s0 += a * F[atB];
    s1 += a * F[atB + 1];
    s2 += a * F[atB + 2];
    s3 += a * F[atB + 3];
  }
  const first = to + i * pitch + j;
  F[first] = s0;
  F[first + 1] = s1;
  F[first + 2] = s2;
  F[first + 3] = s3;
}

// ---------------------------------------------------------------- one number after the other

function relu({ floats }, x, n) {
  for (let i = x; i < x + n; i++) if (floats[i] < 0) floats[i] = 0;
}

function sigmoid({ floats }, x, n) {
  for (let i = x; i < x + n; i++) floats[i] = 1 / (1 + Math.exp(-floats[i]));
}

// For each of the channels n numbers, from their places to where they follow each other; from channel to channel of the places
// it is `pitch`.
function gather({ floats: F, ints }, from, to, { places, n, channels, pitch }) {
  const at = ints.subarray(places, places + n);
  for (let c = 0; c < channels; c++, from += pitch, to += n) for (let i = 0; i < n; i++) F[to + i] = F[from + at[i]];
}

// Back to their places, but for those that have none, -1.
function scatter({ floats: F, ints }, from, to, { places, n, channels, pitch }) {
  const at = ints.subarray(places, places + n);
  for (let c = 0; c < channels; c++, from += n, to += pitch)
    for (let i = 0; i < n; i++) if (at[i] >= 0) F[to + at[i]] = F[from + i];
}
