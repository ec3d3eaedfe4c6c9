// In a worker: one network, in its two halves, so that the code between them can be shown.

const memory = createMemory();
let halves = null;

onmessage = ({ data: { layers, weights, codeAt, x } }) => {
  if (layers) {
    halves = [layers.slice(0, codeAt), layers.slice(codeAt)].map((half) => prepared({ layers: half, weights }, 1, memory));
    return;
  }
  const [encode, decode] = halves;
  const code = encode(x);
  postMessage({ code, xHat: decode(code) });
};
