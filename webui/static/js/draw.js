// Drawing a box around a face: by dragging, by clicking two corners, or with the arrow keys.

const SVG = "http://www.w3.org/2000/svg";
const SMALLEST = 0.01; // of the picture's side; less is a click
const STEP = 0.01;

export function start(figure) {
  const boxes = figure.querySelector(".boxes");
  const begin = document.querySelector("[data-draw-start]");
  const form = document.querySelector("[data-draw-form]");
  if (!boxes || !begin || !form) return;
  const pen = new Pen(figure, boxes, begin, form);
  begin.hidden = false;
  begin.addEventListener("click", () => pen.begin());
}

class Pen {
  constructor(figure, boxes, button, form) {
    Object.assign(this, { figure, boxes, button, form });
    this.status = document.querySelector("[data-draw-status]");
    this.size = boxes.viewBox.baseVal;
    this.drawing = false;
    this.corner = null;
    this.draft = null;
    this.box = null;
    boxes.addEventListener("pointerdown", (event) => this.down(event));
    boxes.addEventListener("pointermove", (event) => this.move(event));
    boxes.addEventListener("pointerup", (event) => this.up(event));
    boxes.addEventListener("keydown", (event) => this.key(event));
  }

  begin() {
    this.wipe();
    this.drawing = true;
    this.figure.classList.add("drawing");
    this.boxes.setAttribute("tabindex", "0");
    this.say(this.status.dataset.drawing);
    this.boxes.focus({ preventScroll: true });
    this.figure.scrollIntoView({ block: "nearest" });
  }

  at(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(
      this.boxes.getScreenCTM().inverse(),
    );
    return {
      x: Math.min(Math.max(point.x / this.size.width, 0), 1),
      y: Math.min(Math.max(point.y / this.size.height, 0), 1),
    };
  }

  down(event) {
    if (!this.drawing) return;
    event.preventDefault();
    this.boxes.setPointerCapture(event.pointerId);
    this.second = this.corner !== null;
    if (!this.second) this.corner = this.at(event);
    this.show(between(this.corner, this.at(event)));
  }

  move(event) {
    if (this.drawing && this.corner) this.show(between(this.corner, this.at(event)));
  }

  up(event) {
    if (!this.drawing || !this.corner) return;
    const box = between(this.corner, this.at(event));
    // A click leaves the first corner where it is; the next click gives the second.
    if (box.width >= SMALLEST && box.height >= SMALLEST) this.done(box);
    else if (this.second) this.corner = null;
  }

  key(event) {
    if (!this.drawing) return;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === "Escape") this.stop();
    else if (event.key === "Enter" && this.box) this.done(this.box);
    else if (way) this.nudge(way, event.shiftKey);
    else return;
    event.preventDefault();
  }

  nudge([across, down], sizing) {
    const box = this.box ?? { left: 0.4, top: 0.3, width: 0.2, height: 0.25 };
    const next = { ...box };
    if (this.box && sizing) {
      next.width = Math.min(Math.max(box.width + across * STEP, SMALLEST), 1 - box.left);
      next.height = Math.min(Math.max(box.height + down * STEP, SMALLEST), 1 - box.top);
    } else if (this.box) {
      next.left = Math.min(Math.max(box.left + across * STEP, 0), 1 - box.width);
      next.top = Math.min(Math.max(box.top + down * STEP, 0), 1 - box.height);
    }
    this.show(next);
  }

  show(box) {
    this.box = box;
    if (!this.draft) {
      this.draft = document.createElementNS(SVG, "rect");
      this.draft.setAttribute("class", "draft");
      this.boxes.append(this.draft);
    }
    this.draft.setAttribute("x", box.left * this.size.width);
    this.draft.setAttribute("y", box.top * this.size.height);
    this.draft.setAttribute("width", box.width * this.size.width);
    this.draft.setAttribute("height", box.height * this.size.height);
  }

  done(box) {
    for (const key of ["left", "top", "width", "height"]) {
      this.form.elements[key].value = (box[key] * 100).toFixed(2);
    }
    this.form.querySelector("[data-draw-numbers]").open = true;
    this.leave();
    this.say(this.status.dataset.drawn);
    this.form.elements.name.focus();
  }

  wipe() {
    this.draft?.remove();
    this.draft = null;
    this.box = null;
  }

  stop() {
    this.wipe();
    this.leave();
    this.say("");
    this.button.focus();
  }

  leave() {
    this.drawing = false;
    this.corner = null;
    this.figure.classList.remove("drawing");
    this.boxes.removeAttribute("tabindex");
  }

  say(text) {
    this.status.textContent = text;
    this.status.hidden = text === "";
  }
}

function between(one, other) {
  return {
    left: Math.min(one.x, other.x),
    top: Math.min(one.y, other.y),
    width: Math.abs(one.x - other.x),
    height: Math.abs(one.y - other.y),
  };
}
