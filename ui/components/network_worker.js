// In a worker: the networks that it has loaded, for its share of the images.

const memory = createMemory();
const loaded = new Map(); // id -> { layers, weights }, and its function for the last number of images

// No part of the memory is given back: what is still needed is laid out anew at the next question.
function clear() {
  memory.clear();
  for (const network of loaded.values()) network.forward = null;
}

function functionOf(id, n) {
  const network = loaded.get(id);
  if (network.forward && network.n !== n) clear();
  network.forward ??= prepared(network, n, memory);
  network.n = n;
  return network.forward;
}

onmessage = ({ data: { load, forget, id, x, n } }) => {
  if (load) loaded.set(load.id, load);
  else if (!forget) postMessage(functionOf(id, n)(x));
  else if (loaded.delete(forget)) clear();
};
