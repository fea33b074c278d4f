// Every page works without scripts; each module makes one kind of thing on it quicker.

const PARTS = [
  [".menu", "./menus.js"],
  ["[data-news]", "./news.js"],
  ["[data-live]", "./live.js"],
  ["[data-panel]", "./panel.js"],
  ["[data-upload]", "./upload.js"],
  ["[data-review]", "./review.js"],
  ["[data-naming]", "./naming.js"],
  ["[data-pair]", "./pair.js"],
  ["[data-draw]", "./draw.js"],
  ["[data-order]", "./order.js"],
  ["[data-drop]", "./drop.js"],
  ["[data-release]", "./release.js"],
  ["datalist[data-source]", "./names.js"],
  ["[data-passkey]", "./passkeys.js"],
  ["[data-strength]", "./strength.js"],
];

for (const [selector, path] of PARTS) {
  const places = document.querySelectorAll(selector);
  if (places.length > 0) {
    const part = await import(path);
    places.forEach((place) => part.start(place));
  }
}
const tab = document.querySelector(".tabs [aria-current]");
if (tab) tab.closest(".tabs").scrollLeft = tab.offsetLeft - 48; // on a phone the tabs scroll
document.documentElement.dataset.ready = "";
