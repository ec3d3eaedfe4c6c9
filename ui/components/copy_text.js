// Browsers give the clipboard to pages of https and of this machine. The older way is open to all: it copies what is
// selected. Where that fails too, the text stays selected, to be copied by hand.

const BOXES = (window.autoencCopies ??= new Map());
const BY_HAND = "Selected, but this browser does not let the page copy: press Ctrl+C or ⌘C, or hold the text and choose Copy.";

async function copied(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.focus();
    field.select();
    return document.execCommand("copy");
  }
}

function create() {
  const box = Object.assign(document.createElement("div"), { className: "copy" });
  box.innerHTML = '<textarea readonly spellcheck="false"></textarea><button type="button">Copy</button><p role="status"></p>';
  const [field, button, said] = box.children;
  field.onfocus = () => field.select();
  button.onclick = async () => (said.textContent = (await copied(field)) ? "Copied." : BY_HAND);
  return box;
}

export default function ({ data: { key, text, label, lines }, parentElement }) {
  const box = keep(BOXES, key, create, parentElement);
  const [field, button, said] = box.children;
  if (field.value !== text) said.textContent = "";
  Object.assign(field, { value: text, rows: lines > 1 ? lines : 2, ariaLabel: label });
  field.classList.toggle("lines", lines > 1);
  button.ariaLabel = `Copy: ${label}`;
  return leaving(box, parentElement, () => forget(BOXES, key, box));
}
