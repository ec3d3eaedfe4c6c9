// Workers that compute networks, each a share of the images: the page stays free to follow the finger.

const CANNOT_COMPUTE = "this browser cannot compute this model; reload the page to try again";
const MAX_WORKERS = 4; // a class has telephones too

// Its answers come in the order of the questions.
function startWorker(path) {
  const worker = new Worker(path);
  const open = []; // questions
  worker.onmessage = ({ data }) => open.shift().resolve(data);
  worker.onerror = ({ message }) => {
    worker.failed = new Error(message ?? "the worker did not start");
    for (const { reject } of open.splice(0)) reject(worker.failed);
  };
  const ask = (question) =>
    new Promise((resolve, reject) => {
      if (worker.failed) return reject(worker.failed);
      open.push({ resolve, reject });
      worker.postMessage(question);
    });
  return { worker, ask };
}

// path: of network_worker.js, in one file with what computes networks; most: workers.
function startWorkers(path, most = MAX_WORKERS) {
  const n = Math.min(most, navigator.hardwareConcurrency || 1); // some browsers do not tell
  const workers = Array.from({ length: n }, () => startWorker(path));
  const tell = (message) => workers.forEach(({ worker }) => worker.postMessage(message));
  const outputs = new Map(); // id of a network -> numbers that it makes of an image
  const forgetNetwork = ({ detail: id }) => outputs.delete(id) && tell({ forget: id });
  addEventListener("autoenc-assets-gone", forgetNetwork);
  return {
    load(id, { layers, weights }) {
      if (!outputs.has(id)) tell({ load: { id, layers, weights } });
      outputs.set(id, layers.at(-1).output.reduce((a, b) => a * b));
    },
    // What the network makes of n images, Float32Array (n, C, H, W); rejected where the browser cannot compute it.
    async forward(id, x, n) {
      const [size, made, share] = [x.length / n, outputs.get(id), Math.ceil(n / workers.length)];
      const y = new Float32Array(n * made);
      const answer = async ({ ask }, i) => {
        const first = i * share;
        if (first >= n) return;
        const mine = x.slice(first * size, (first + share) * size);
        y.set(await ask({ id, x: mine, n: mine.length / size }), first * made);
      };
      await Promise.all(workers.map(answer));
      return y;
    },
    terminate() {
      removeEventListener("autoenc-assets-gone", forgetNetwork);
      workers.forEach(({ worker }) => worker.terminate());
    },
  };
}

// The pool, started at its first use, with a network that was handed over.
function poolWith(pool, path, network, most) {
  pool ??= startWorkers(path, most);
  pool.load(network, ASSETS.get(network));
  return pool;
}

// One question at a time: `again` asks the next, about what is to be drawn by then. One that fails is the last.
async function askOne(box, question, again) {
  box.busy = true;
  try {
    await question();
  } catch (error) {
    box.failed = true;
    console.error(error);
  }
  box.busy = false;
  again(box);
}
