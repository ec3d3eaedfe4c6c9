// What a recogniser reads in pictures, and how that is said. A reader is { network, classes, temperature, title }: the id
// under which its network was handed over, the names of the classes, and what its scores are divided by.

// Of each picture the class, and how sure of it, 0 to 1; null: the scores are no numbers.
function readingsOf(scores, { classes: { length }, temperature }) {
  return Array.from({ length: scores.length / length }, (_, picture) => {
    const own = scores.subarray(picture * length, (picture + 1) * length);
    const is = own.reduce((best, score, i) => (score > own[best] ? i : best), 0);
    const sure = 1 / own.reduce((sum, score) => sum + Math.exp((score - own[is]) / temperature), 0);
    return Number.isFinite(sure) ? { is, sure } : null;
  });
}

const percentOf = (sure) => Math.round(100 * sure);
const sureWords = (sure) => `${percentOf(sure) < 100 ? percentOf(sure) : "over 99"}\u00a0% sure`; // nobody is all sure

const AS = "recognised as ";
const briefWords = ({ is, sure }, { classes }) => `${classes[is]}, ${sureWords(sure)}`;

// In words, below a large picture; a narrow place leaves out the first ones. No reading: nothing is said.
function sayWords(node, reading, reader, isOther) {
  const [words, title] = reading ? [briefWords(reading, reader), reader.title] : ["", ""];
  const [as, says] = node.children.length ? node.children : ["as", ""].map((name) => element(node, "span", name));
  as.textContent = words && AS;
  if (says.textContent !== words) says.textContent = words;
  node.title = title;
  node.classList.toggle("other", Boolean(words) && isOther);
}

// One line where names are as short as digits, else a line for the name, which may be cut off, and one for the percent.
const SHORT_NAME = 2; // letters
const areShort = ({ classes }) => classes.every((name) => name.length <= SHORT_NAME);

// What stands under a small picture.
function addReading(parent, reader) {
  const node = element(parent, "div", `reading${areShort(reader) ? " short" : ""}`);
  return { node, name: element(node, "span", "name"), sure: element(node, "span", "sure") };
}

// wanted: the class that would be right. Another one is marked.
function sayReading({ node, name, sure }, reading, reader, wanted) {
  const words = reading ? AS + briefWords(reading, reader) : "";
  const isOther = Boolean(reading) && reading.is !== wanted;
  const rightly = isOther && wanted !== undefined ? `, but it is ${reader.classes[wanted]}` : "";
  const title = words && `${words}${rightly}. ${reader.title}`;
  if (node.title === title) return;
  node.title = title;
  node.classList.toggle("other", isOther);
  name.textContent = reading ? (isOther ? "≠" : "") + reader.classes[reading.is] : ""; // the sign is not of colour
  sure.textContent = reading ? `${Math.min(99, percentOf(reading.sure))}%` : "";
}

// ---------------------------------------------------------------- several pictures

// It takes as much room for one as for two digits.
function countWords(readings, labels) {
  const n = readings.filter((reading, i) => reading?.is === labels[i]).length;
  return `${String(n).padStart(String(readings.length).length, "\u2007")} of ${readings.length} recognised`;
}

function addCount(parent, reader) {
  return Object.assign(element(parent, "div", "count"), { title: reader.title });
}

// For those who do not see the marks: `7, 2, 8 instead of 1`.
function listWords(readings, { classes }, labels) {
  const one = (reading, i) => {
    if (!reading) return "nothing";
    return classes[reading.is] + (reading.is === labels[i] ? "" : ` instead of ${classes[labels[i]]}`);
  };
  return readings.map(one).join(", ");
}
