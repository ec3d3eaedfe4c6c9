// Saves the container around it; the pictures belong to Streamlit.

const BOXES = (window.autoencSaveButtons ??= new Map());

function create(data) {
  const box = Object.assign(document.createElement("div"), { className: "save" });
  const part = () => document.querySelector(`.st-key-${CSS.escape(box.data.container)}`);
  box.button = addSaveButton(box, data.png.title, () => asPicture(part(), box.data.png, []));
  return box;
}

export default function ({ data, parentElement }) {
  const box = keep(BOXES, data.key, () => create(data), parentElement);
  box.data = data;
  nameSaveButton(box.button, data.png.title);
  return leaving(box, parentElement, () => forget(BOXES, data.key, box));
}
