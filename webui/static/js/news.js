// Says what came in or changed while a page is open: by an event stream, or else by asking now and then.

const ASK_EVERY = 20000;
const ENOUGH = 30 * 60 * 1000; // a page that is forgotten must not keep a session alive for ever

export function start(place) {
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const query = place.dataset.collection ? `?collection=${encodeURIComponent(place.dataset.collection)}` : "";
  let first = null;
  let said = "";
  let own = false; // what changed was done on this page
  let source = null;
  let timer = 0;
  let changedAt = Date.now();

  function tell(news) {
    first ??= news;
    if (own) first = { ...first, changed: news.changed };
    own = false;
    const texts = [];
    const photos = news.photos - first.photos;
    const { one, many, changed } = place.dataset;
    if (photos > 0) texts.push((photos === 1 ? one : many).replace("{n}", number.format(photos)));
    if (news.changed > first.changed) texts.push(changed);
    bell(news.unseen, number);
    const text = texts.join(" ");
    if (text === said) return;
    said = text;
    changedAt = Date.now();
    const again = document.createElement("a");
    again.href = location.pathname + location.search;
    again.textContent = place.dataset.again;
    place.replaceChildren(text, " ", again);
    place.hidden = false;
  }

  function listen() {
    stop();
    if (document.hidden || Date.now() - changedAt > ENOUGH) return;
    source = new EventSource(`/news${query}`);
    source.onmessage = (event) => tell(JSON.parse(event.data));
    source.addEventListener("busy", ask); // as many listen as may
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) stop(); // signed out, or not allowed any more
      else if (Date.now() - changedAt > ENOUGH) stop(); // else it ended, and comes back by itself
    };
  }

  async function ask() {
    stop();
    if (document.hidden || Date.now() - changedAt > ENOUGH) return;
    try {
      const answer = await fetch(`/news.json${query}`, { cache: "no-store", headers: { Accept: "application/json" } });
      if (answer.ok) tell(await answer.json());
      else if (answer.status < 500 && answer.status !== 429) return; // signed out, or not allowed any more
    } catch {
      // the box does not answer now
    }
    timer = setTimeout(ask, ASK_EVERY);
  }

  function stop() {
    source?.close();
    clearTimeout(timer);
  }

  document.addEventListener("changed-here", () => (own = true));
  document.addEventListener("visibilitychange", listen);
  window.addEventListener("pagehide", stop);
  listen();
}

// The number at the bell.
function bell(unseen, number) {
  const link = document.querySelector(".bell");
  let count = link.querySelector(".count");
  if (!unseen) return count?.remove();
  if (!count) {
    count = Object.assign(document.createElement("span"), { className: "count" });
    count.append("", Object.assign(document.createElement("span"), { className: "unseen" }));
    count.lastChild.textContent = ` ${link.dataset.new}`;
    link.append(count);
  }
  const text = number.format(unseen);
  if (count.firstChild.textContent !== text) count.firstChild.textContent = text;
}
