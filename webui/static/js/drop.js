// Photos of the library are dragged onto a collection. Without a mouse: choose them, and the bar below.

import { send } from "./send.js";

export function start(bar) {
  const status = document.querySelector("[data-drop-status]");
  const cards = document.querySelectorAll(".grid > .card:has(.pick)");
  let dragged = [];

  for (const card of cards) {
    card.draggable = true;
    card.addEventListener("dragstart", (event) => {
      const own = card.querySelector(".pick input");
      const picked = [...document.querySelectorAll(".pick input:checked")];
      dragged = (own.checked ? picked : [own]).map((box) => box.value);
      event.dataTransfer.effectAllowed = "copy";
      event.dataTransfer.setData("text/plain", "");
      setTimeout(() => (bar.hidden = false)); // a page that changes at once ends the dragging
    });
    card.addEventListener("dragend", () => (bar.hidden = true));
  }
  for (const target of bar.querySelectorAll("[data-collection]")) {
    target.addEventListener("dragover", (event) => {
      event.preventDefault();
      target.classList.add("over");
    });
    target.addEventListener("dragleave", () => target.classList.remove("over"));
    target.addEventListener("drop", async (event) => {
      event.preventDefault();
      target.classList.remove("over");
      const fields = [["collection", target.dataset.collection], ...dragged.map((one) => ["photo", one])];
      const done = await send(bar.dataset.drop, fields);
      status.textContent = done ? `${status.dataset.added} ${target.textContent.trim()}.` : status.dataset.failed;
      status.classList.replace("unseen", "notice");
    });
  }
}
