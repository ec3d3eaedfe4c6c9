// In every message, in place of a component's code: it fetches the code, and hands everything on to it.
// Inline code has no address of its own. The document's counts, as for all that Streamlit fetches: a proxy may serve us
// under a prefix that only the browser knows.

let code;
let again = ""; // an address that has failed once a browser may not fetch a second time

export default async function (given) {
  const { parentElement: place } = given;
  const told = () => place.querySelector("[role=alert]");
  const fail = (error) => {
    console.error(error);
    const words = { role: "alert", textContent: "SENTENCE" };
    told() ?? place.append(Object.assign(document.createElement("p"), words));
  };
  try {
    code ??= import(new URL("ADDRESS" + again, document.baseURI));
    const { default: draw } = await code.catch((error) => {
      [code, again] = [null, again + "?"];
      throw error;
    });
    told()?.remove();
    return draw({ ...given, fail });
  } catch (error) {
    fail(error);
  }
}
