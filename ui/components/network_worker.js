// In a worker: the networks that it was taught, for its share of the images.

const taught = new Map(); // id -> { layers, weights }, and its function for the last number of images

function functionOf(id, n) {
  const network = taught.get(id);
  if (network.n !== n) Object.assign(network, { n, forward: prepared(network, n) });
  return network.forward;
}

onmessage = ({ data: { teach, forget, id, x, n } }) => {
  if (teach) taught.set(teach.id, teach);
  else if (forget) taught.delete(forget);
  else postMessage(functionOf(id, n)(x));
};
