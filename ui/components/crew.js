// Workers that compute networks, each a share of the images: the page stays free to follow the finger.

const MOST = 4; // a class has telephones too

// Its answers come in the order of the questions.
function hire(path) {
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
function assemble(path) {
  const n = Math.min(MOST, navigator.hardwareConcurrency || 1); // some browsers do not tell
  const members = Array.from({ length: n }, () => hire(path));
  const tell = (message) => members.forEach(({ worker }) => worker.postMessage(message));
  const taught = new Set();
  return {
    teach(id, { layers, weights }) {
      if (!taught.has(id)) tell({ teach: { id, layers, weights } });
      taught.add(id);
    },
    forget(id) {
      if (taught.delete(id)) tell({ forget: id });
    },
    // What the network makes of n images, Float32Array (n, C, H, W); rejected where the browser cannot compute it.
    async forward(id, x, n) {
      const [size, share] = [x.length / n, Math.ceil(n / members.length)];
      const x_hat = new Float32Array(x.length);
      const answer = async ({ ask }, i) => {
        const first = i * share * size;
        if (first >= x.length) return;
        const mine = x.slice(first, first + share * size);
        x_hat.set(await ask({ id, x: mine, n: mine.length / size }), first);
      };
      await Promise.all(members.map(answer));
      return x_hat;
    },
    dismiss: () => members.forEach(({ worker }) => worker.terminate()),
  };
}
