// The server draws; the browser shows.
export default function ({ data, parentElement }) {
  const box = parentElement.querySelector(".drawing") ?? document.createElement("div");
  box.className = "drawing";
  box.innerHTML = data;
  if (!box.isConnected) parentElement.append(box);
}
