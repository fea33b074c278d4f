// Progress as it happens: asks for the numbers again and again, less often while nothing changes.

const SOONEST = 1500;
const LATEST = 15000;
const ENOUGH = 30 * 60 * 1000; // a page that is forgotten must not keep a session alive for ever

export function start(place) {
  const number = new Intl.NumberFormat(document.documentElement.lang);
  let before = "";
  let wait = SOONEST;
  let changedAt = Date.now();

  async function look() {
    if (!document.hidden) {
      const numbers = await ask(place.dataset.live);
      if (numbers === null) return;
      if (numbers !== undefined) {
        show(place, numbers, number);
        if (numbers.finished) return finish(place);
      }
      const now = JSON.stringify(numbers);
      const changed = now !== before && numbers !== undefined;
      if (changed) changedAt = Date.now();
      wait = changed ? SOONEST : Math.min(wait * 1.5, LATEST);
      before = now;
    }
    if (Date.now() - changedAt < ENOUGH) setTimeout(look, wait);
  }

  setTimeout(look, SOONEST);
}

// The numbers; undefined when the box does not answer now, null when asking again makes no sense.
async function ask(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (answer.ok) return await answer.json();
    return answer.status < 500 && answer.status !== 429 ? null : undefined;
  } catch {
    return undefined;
  }
}

function show(place, numbers, number) {
  for (const field of place.querySelectorAll("[data-field]")) {
    const text = number.format(numbers[field.dataset.field]);
    if (field.textContent !== text) field.textContent = text;
  }
  for (const bar of place.querySelectorAll("progress[data-value]")) {
    bar.max = Math.max(1, numbers[bar.dataset.max]);
    bar.value = numbers[bar.dataset.value];
  }
}

function finish(place) {
  if ("reload" in place.dataset) {
    location.reload();
    return;
  }
  const status = place.querySelector("[role=status]");
  const again = status.querySelector("a");
  status.replaceChildren(place.dataset.done, " ", ...(again ? [again] : []));
}
