// Offers names while somebody types, where there are too many people to list in the page.

const PAUSE = 200;

export function start(list) {
  let timer;
  let latest = 0;
  for (const input of document.querySelectorAll(`input[list=${list.id}]`)) {
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => offer(input.value.trim()), PAUSE);
    });
    if (input.value) offer(input.value.trim()); // typed before this was loaded
  }

  async function offer(typed) {
    if (typed.length < 2) return;
    const mine = (latest += 1);
    const answer = await fetch(`${list.dataset.source}?text=${encodeURIComponent(typed)}`, {
      headers: { Accept: "application/json" },
    });
    if (!answer.ok || mine !== latest) return;
    const { labels } = await answer.json();
    list.replaceChildren(
      ...labels.map((label) => {
        const option = document.createElement("option");
        option.value = label;
        return option;
      }),
    );
  }
}
