// A part of a page that the box fills in anew while it changes: which cards are in, and how far they are.

const EACH = 2000;
const ENOUGH = 30 * 60 * 1000; // a page that is forgotten must not keep a session alive for ever

export function start(place) {
  let changedAt = Date.now();

  async function look() {
    if (!document.hidden && !isBeingUsed(place)) {
      const fresh = await ask(place.dataset.panel);
      if (fresh === null) return;
      if (fresh && fresh.dataset.state !== place.firstElementChild?.dataset.state) {
        place.replaceChildren(fresh);
        changedAt = Date.now();
      }
    }
    if (Date.now() - changedAt < ENOUGH) setTimeout(look, EACH);
  }

  setTimeout(look, EACH);
}

// Somebody who is choosing from a list does not want it taken away.
function isBeingUsed(place) {
  const active = document.activeElement;
  return place.contains(active) && active.matches("select, input");
}

// The part as it is now; undefined when the box does not answer now, null when asking again makes no sense.
async function ask(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store", redirect: "error" });
    if (answer.ok) return new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
    return answer.status < 500 && answer.status !== 429 ? null : undefined;
  } catch {
    return undefined;
  }
}
