// What is handed over unseen, once, and stays in the window as long as a place on the page asks for it: networks, and what
// components make of other data. It says of each, by its id, that it has come and that it has gone.

const ASSETS = (window.autoencAssets ??= new Map());

const floats = (bytes) => new Float32Array(bytes.slice().buffer); // a copy begins where four bytes may begin

const announce = (name, id) => dispatchEvent(new CustomEvent(name, { detail: id }));

// make: what becomes of data that is no network.
function take(data, parentElement, make) {
  if (!ASSETS.has(data.id)) {
    const made = data.layers ? { layers: data.layers, weights: floats(data.files[0]) } : make(data);
    ASSETS.set(data.id, { ...made, holders: new Set() });
    announce("autoenc-assets", data.id);
  }
  return hold(ASSETS.get(data.id).holders, parentElement, "autoenc-assets", () => {
    ASSETS.delete(data.id);
    announce("autoenc-assets-gone", data.id);
  });
}
