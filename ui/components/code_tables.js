// What the whole numbers of a code cost: the tables of a range coder, with the integers of autoenc/compression/tables.py.

const N_QUANTILES = 129; // of a table's values over the training images
const TOTAL_BITS = 16;
const TOTAL = 2 ** TOTAL_BITS; // the sum of all frequencies in a table
const PART = TOTAL / (N_QUANTILES - 1); // of it, between two quantiles
const MAX_SYMBOLS = 2 ** 14; // in a table
const MAX_NUMBER = 2 ** 15 - 1; // of a code, in steps

// quantiles: Int16Array, N_QUANTILES of each table; wide: of a step, in their units. null: a table would be too long.
function tablesOf(quantiles, wide) {
  const tables = [];
  for (let first = 0; first < quantiles.length; first += N_QUANTILES) {
    const row = Array.from(quantiles.subarray(first, first + N_QUANTILES), (unit) => 2 * unit); // half units
    const table = tableOf(row, wide);
    if (!table) return null;
    tables.push(table);
  }
  return tables;
}

function tableOf(row, wide) {
  const within = (number) => Math.min(MAX_NUMBER, Math.max(-MAX_NUMBER, number));
  const nearest = (half) => within(Math.floor((half + wide) / (2 * wide)));
  const margin = 2 * Math.floor((row.at(-1) - row[0]) / 16); // an eighth of the range, in whole units
  const [lowest, highest] = [nearest(row[0] - margin), nearest(row.at(-1) + margin)];
  const n = highest - lowest + 1;
  if (n > MAX_SYMBOLS) return null;
  const counts = new Array(n);
  for (let i = 0, from = 0, below = 0; i < n; i++) {
    const edge = (2 * (lowest + i) + 1) * wide; // between this number and the next
    while (below < N_QUANTILES && row[below] <= edge) below++;
    const to = i === n - 1 ? TOTAL : cumulative(row, below, edge);
    counts[i] = to - from;
    from = to;
  }
  return { lowest, frequencies: withoutZeros(counts) };
}

// Of TOTAL, what is not above the edge; `below` quantiles are not.
function cumulative(row, below, edge) {
  if (below === 0) return 0;
  if (below === N_QUANTILES) return TOTAL;
  const [left, right] = [row[below - 1], row[below]];
  return (below - 1) * PART + Math.floor(((edge - left) * PART) / Math.max(right - left, 1));
}

// In proportion to the counts, at least 1 each; the most frequent takes what is left.
function withoutZeros(counts) {
  const sum = counts.reduce((a, b) => a + b);
  const frequencies = counts.map((count) => 1 + Math.floor((count * (TOTAL - counts.length)) / sum));
  const most = frequencies.reduce((a, b) => Math.max(a, b));
  frequencies[frequencies.indexOf(most)] += TOTAL - frequencies.reduce((a, b) => a + b);
  return frequencies;
}

const bitsOf = ({ frequencies }) => Float64Array.from(frequencies, (frequency) => TOTAL_BITS - Math.log2(frequency));

// ---------------------------------------------------------------- codes

const isTie = (v) => Math.abs(v - Math.trunc(v)) === 0.5;
const rounded = (v) => (isTie(v) ? 2 * Math.round(v / 2) : Math.round(v)); // ties to even, as PyTorch does

// Codes of n images as whole numbers of steps and back, and about how many bits each image takes; tables null: not known.
function quantised({ z, n }, step, tables) {
  const [size, y, bits] = [z.length / n, new Float32Array(z.length), new Float64Array(n)];
  const costs = tables?.map(bitsOf);
  const positions = tables ? size / tables.length : 1;
  for (let i = 0; i < z.length; i++) {
    const whole = rounded(Math.fround(z[i] / step));
    let number = Number.isNaN(z[i]) ? 0 : Math.min(MAX_NUMBER, Math.max(-MAX_NUMBER, whole));
    if (tables) {
      const t = Math.floor((i % size) / positions);
      const [{ lowest }, cost] = [tables[t], costs[t]];
      number = Math.min(lowest + cost.length - 1, Math.max(lowest, number));
      bits[Math.floor(i / size)] += cost[number - lowest];
    }
    y[i] = number * step;
  }
  return { y, bits: tables && bits };
}
