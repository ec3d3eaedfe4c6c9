// A link that leads past the navigation, and two regions that a screen reader speaks of when they change.

const FOCUSABLE = ":is(a[href], button, input, select, textarea, [tabindex='0']):not([aria-label^='Help for'])";
const LABEL = "Skip to the main action";

// ---------------------------------------------------------------- the way past the navigation

// In the order of the page, inside components too.
function* elements(root) {
  for (const node of root.children) {
    yield node;
    if (node.shadowRoot) yield* elements(node.shadowRoot);
    yield* elements(node);
  }
}

function usable(root) {
  for (const node of elements(root)) {
    if (node.matches(FOCUSABLE) && !node.disabled && node.tabIndex >= 0 && node.checkVisibility()) return node;
  }
}

// Where no main action can be used, to the page's heading, or that of the header where the page's is hidden.
function go({ targets }) {
  const page = document.querySelector("[data-testid=stMain]");
  const places = targets.map((key) => document.querySelector(`[class~="st-key-${key}"]`));
  const titles = [...page.querySelectorAll("h1")].filter((one) => one.checkVisibility());
  const heading = titles.find((one) => !one.closest(".st-key-name")) ?? titles[0];
  if (heading) heading.tabIndex = -1;
  const actions = places.map((place) => place && usable(place));
  const target = actions.find(Boolean) ?? heading ?? usable(page);
  target?.focus();
  target?.scrollIntoView({ block: "center" });
}

function createLink() {
  const link = Object.assign(document.createElement("a"), { className: "autoenc-skip", href: "#", textContent: LABEL });
  link.onclick = (event) => {
    event.preventDefault(); // the address stays
    go(link.data);
  };
  document.body.prepend(link);
  return link;
}

// ---------------------------------------------------------------- news

function createRegion(role) {
  const region = Object.assign(document.createElement("div"), { className: "autoenc-news", role });
  document.body.append(region);
  return region;
}

const SEEN = new Map(); // key -> what came last

function hear({ key, subject, moment, sentence, active, urgent }) {
  const before = SEEN.get(key);
  SEEN.set(key, { subject, moment });
  const same = before?.subject === subject;
  if (same ? before.moment === moment : !active) return;
  if (sentence) window.autoencRegions[urgent ? "alert" : "status"].replaceChildren(sentence); // equal words are news too
}

function listen() {
  window.autoencRegions ??= { status: createRegion("status"), alert: createRegion("alert") };
  const early = window.autoencNews ?? [];
  window.autoencNews = { push: hear };
  early.forEach(hear);
}

export default function ({ data, parentElement }) {
  if (!window.autoencRegions) listen();
  const link = (window.autoencSkip ??= createLink());
  const style = getComputedStyle(parentElement);
  for (const name of ["primary-color", "background-color", "font"]) link.style.setProperty(`--${name}`, style.getPropertyValue(`--st-${name}`));
  link.data = data;
}
