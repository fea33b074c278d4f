// Deciding about a pair by keyboard. The keys work only while the focus is in the pair (WCAG 2.1.4), where it
// is after each decision; none of them deletes without uniting.

export function start(pair) {
  if (location.hash === `#${pair.id}`) pair.focus();
  pair.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const ways = { ArrowLeft: "prev", ArrowRight: "next" };
    const key = event.key.toLowerCase();
    const target = ways[event.key]
      ? document.querySelector(`a[rel=${ways[event.key]}]`)
      : pair.querySelector(`[data-key="${CSS.escape(key)}"]:not(:disabled)`);
    if (!target) return;
    event.preventDefault();
    target.click();
  });
}
