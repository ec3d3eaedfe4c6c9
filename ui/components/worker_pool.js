// Workers that compute networks, each a share of the images: the page stays free to follow the finger.

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

// path: of networks.js and network_worker.js in one file.
function startWorkers(path) {
  const n = Math.min(MAX_WORKERS, navigator.hardwareConcurrency || 1); // some browsers do not tell
  const workers = Array.from({ length: n }, () => startWorker(path));
  const tell = (message) => workers.forEach(({ worker }) => worker.postMessage(message));
  const loaded = new Set();
  return {
    load(id, { layers, weights }) {
      if (!loaded.has(id)) tell({ load: { id, layers, weights } });
      loaded.add(id);
    },
    forget(id) {
      if (loaded.delete(id)) tell({ forget: id });
    },
    // What the network makes of n images, Float32Array (n, C, H, W); rejected where the browser cannot compute it.
    async forward(id, x, n) {
      const [size, share] = [x.length / n, Math.ceil(n / workers.length)];
      const x_hat = new Float32Array(x.length);
      const answer = async ({ ask }, i) => {
        const first = i * share * size;
        if (first >= x.length) return;
        const mine = x.slice(first, first + share * size);
        x_hat.set(await ask({ id, x: mine, n: mine.length / size }), first);
      };
      await Promise.all(workers.map(answer));
      return x_hat;
    },
    terminate: () => workers.forEach(({ worker }) => worker.terminate()),
  };
}
