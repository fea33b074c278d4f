// Photos of a collection are dragged to their place. Without a mouse, each has its form for that (WCAG 2.5.7).

import { send } from "./send.js";

export function start(list) {
  const status = document.querySelector("[data-order-status]");
  let dragged = null;
  let before = null; // who followed it when the dragging began

  for (const card of list.children) {
    card.draggable = true;
    card.addEventListener("dragstart", (event) => {
      dragged = card;
      before = card.nextElementSibling;
      card.classList.add("dragged");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
    });
    card.addEventListener("dragend", () => {
      card.classList.remove("dragged");
      if (dragged) list.insertBefore(dragged, before); // dropped nowhere
      dragged = null;
    });
    card.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      if (card === dragged) return;
      const box = card.getBoundingClientRect();
      const behind = event.clientX > box.left + box.width / 2;
      list.insertBefore(dragged, behind ? card.nextElementSibling : card);
    });
  }
  list.addEventListener("dragover", (event) => dragged && event.preventDefault());
  list.addEventListener("drop", async (event) => {
    if (!dragged) return;
    event.preventDefault();
    const card = dragged;
    dragged = null;
    const place = [...list.children].indexOf(card) + 1;
    const fields = [["photo", card.id.replace("photo-", "")], ["to", place]];
    if (await send(list.dataset.order, fields)) {
      renumber(list);
      document.dispatchEvent(new Event("changed-here"));
      status.textContent = `${status.dataset.moved} ${place}.`;
    } else {
      list.insertBefore(card, before);
      status.textContent = status.dataset.failed;
    }
  });
}

// What the forms of each photo say must fit its new place.
function renumber(list) {
  [...list.children].forEach((card, at) => {
    const place = card.querySelector("input.count");
    if (place) place.value = at + 1;
    const [earlier, later] = ["earlier", "later"].map((step) => card.querySelector(`[data-step=${step}]`));
    if (earlier) Object.assign(earlier, { value: at, hidden: at === 0 });
    if (later) Object.assign(later, { value: at + 2, hidden: at === list.children.length - 1 });
  });
}
