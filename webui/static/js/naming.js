// Naming many faces by keyboard. The keys work only while the focus is in the list of faces (WCAG 2.1.4).

export function start(form) {
  const list = form.querySelector(".face-tiles");
  const boxes = [...form.querySelectorAll("[name=face]")];
  let at = -1;

  const go = (to) => {
    at = Math.min(boxes.length - 1, Math.max(0, to));
    boxes[at].focus();
    boxes[at].closest("li").scrollIntoView({ block: "nearest" });
  };
  const across = () => {
    const top = boxes[0].closest("li").offsetTop;
    const second = boxes.findIndex((box) => box.closest("li").offsetTop > top);
    return second < 0 ? boxes.length : second;
  };
  const alike = () => {
    const group = boxes[at]?.closest("li").dataset.group;
    const chosen = group ? boxes.filter((box) => box.closest("li").dataset.group === group) : [boxes[at]];
    const all = chosen.every((box) => box?.checked);
    for (const box of chosen) if (box) box.checked = !all;
  };

  form.addEventListener("focusin", (event) => {
    const found = boxes.indexOf(event.target);
    if (found >= 0) at = found;
  });
  list.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = {
      ArrowRight: () => go(at + 1),
      ArrowLeft: () => go(at - 1),
      ArrowDown: () => go(at + across()),
      ArrowUp: () => go(at - across()),
      g: alike,
      n: () => form.querySelector("#name").focus(),
      u: () => document.querySelector("[data-undo]")?.click(),
    };
    const person = form.querySelector(`[data-key="${event.key}"]`);
    const act = person ? () => person.click() : keys[event.key] ?? keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
