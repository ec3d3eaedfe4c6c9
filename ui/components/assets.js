// What is handed over unseen, once, and stays in the window as long as a place on the page asks for it: networks, and what
// each component makes of other data.

const ASSETS = (window.autoencAssets ??= new Map());

const floats = (bytes) => new Float32Array(bytes.slice().buffer); // a copy begins where four bytes may begin

// make: what becomes of data that is no network; release: called with its id when no place asks for it any more.
function take(data, parentElement, make, release) {
  if (!ASSETS.has(data.id)) {
    const made = data.layers ? { layers: data.layers, weights: floats(data.files[0]) } : make(data);
    ASSETS.set(data.id, { ...made, holders: new Set() });
    dispatchEvent(new CustomEvent("autoenc-assets", { detail: data.id }));
  }
  return hold(ASSETS.get(data.id).holders, parentElement, "autoenc-assets", () => {
    ASSETS.delete(data.id);
    release(data.id);
  });
}
