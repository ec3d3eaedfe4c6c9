// In a worker: the networks that it has loaded, for its share of the images.

const loaded = new Map(); // id -> { layers, weights }, and its function for the last number of images

function functionOf(id, n) {
  const network = loaded.get(id);
  if (network.n !== n) Object.assign(network, { n, forward: prepared(network, n) });
  return network.forward;
}

onmessage = ({ data: { load, forget, id, x, n } }) => {
  if (load) loaded.set(load.id, load);
  else if (forget) loaded.delete(forget);
  else postMessage(functionOf(id, n)(x));
};
