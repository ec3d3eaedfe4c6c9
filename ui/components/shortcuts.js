// One listener for the window, which outlives every page. The keys are those of the last call.

const WITHOUT_TEXT = ["button", "checkbox", "radio", "range", "color", "file", "submit", "reset"];

const isField = (node) =>
  node.isContentEditable || /^(TEXTAREA|SELECT)$/.test(node.tagName) || (node.tagName === "INPUT" && !WITHOUT_TEXT.includes(node.type));

// The first element of the path: inside a component `target` would be its host.
const isTyping = (event) => event.composedPath().some((node) => node instanceof HTMLElement && isField(node));

// A switch, or the choice after the one that is chosen.
function pressed(key) {
  const place = [...document.querySelectorAll(`.st-key-${key}`)].find((one) => one.offsetParent || one.getClientRects().length);
  const choices = [...(place?.querySelectorAll("[role=radio]") ?? [])];
  const chosen = choices.findIndex((choice) => choice.ariaChecked === "true");
  return choices.length ? choices[(chosen + 1) % choices.length] : place?.querySelector("input[type=checkbox]");
}

function hear(event) {
  const { ctrlKey, metaKey, altKey, repeat, isComposing } = event;
  const key = window.autoencShortcuts[event.key.toLowerCase()];
  if (!key || ctrlKey || metaKey || altKey || repeat || isComposing || isTyping(event)) return;
  pressed(key)?.click();
}

export default function ({ data, parentElement }) {
  if (!window.autoencShortcuts) addEventListener("keydown", (event) => hear(event));
  window.autoencShortcuts = data.keys;
  parentElement.querySelector(".autoenc-shortcuts") ?? parentElement.append(Object.assign(document.createElement("div"), { className: "autoenc-shortcuts" }));
}
