// The signature pad. Without scripts the name is typed instead.

const form = document.querySelector("[data-sign]");
const pad = form?.querySelector("[data-pad]");

if (pad) {
  const canvas = pad.querySelector("canvas");
  const pen = canvas.getContext("2d");
  const kept = pad.querySelector("[name=strokes]");
  let strokes = [];
  let begun = 0;

  const point = (event) => {
    const frame = canvas.getBoundingClientRect();
    const within = (value) => Math.min(1, Math.max(0, value));
    const x = within((event.clientX - frame.left) / frame.width);
    const y = within((event.clientY - frame.top) / frame.height);
    return [Number(x.toFixed(4)), Number(y.toFixed(4)), Math.round(performance.now() - begun)];
  };

  const draw = () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.lineWidth = 4;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#141a2e";
    for (const stroke of strokes) {
      pen.beginPath();
      for (const [x, y] of stroke) pen.lineTo(x * canvas.width, y * canvas.height);
      if (stroke.length === 1) pen.lineTo(stroke[0][0] * canvas.width + 0.1, stroke[0][1] * canvas.height);
      pen.stroke();
    }
    kept.value = strokes.length ? JSON.stringify(strokes) : "";
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (!strokes.length) begun = performance.now();
    canvas.setPointerCapture(event.pointerId);
    strokes.push([point(event)]);
    draw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    for (const one of event.getCoalescedEvents?.() ?? [event]) strokes.at(-1).push(point(one));
    draw();
  });
  pad.querySelector("[data-clear]").addEventListener("click", () => {
    strokes = [];
    draw();
  });
  pad.hidden = false;
}

// A tablet that is handed around: the whole screen for the form, and nothing left of whoever walked away.

const IDLE = 3 * 60 * 1000;
const again = form?.dataset.locked;

if (again) {
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => location.replace(again), IDLE);
  };
  for (const kind of ["pointerdown", "keydown", "input", "scroll"]) document.addEventListener(kind, wait, { passive: true });
  document.addEventListener("click", () => document.documentElement.requestFullscreen?.().catch(() => {}), { once: true });
  window.addEventListener("pageshow", (event) => event.persisted && location.replace(again));
  wait();
}
