// Naming faces by keyboard. The keys work only after somebody asked for them, and only while the focus is
// in the list of faces (WCAG 2.1.4). None of them makes a face unrecognisable: that takes a deliberate click.

const KEPT = "review"; // the photo whose review goes on after the page is loaded again
const OPEN = ["suggested", "unknown"];

export function start(page) {
  const list = page.querySelector(".faces");
  const button = page.querySelector("[data-keys]");
  if (!list) return;
  const faces = [...list.querySelectorAll("[data-face]")];
  const yes = ["y", "Enter", list.dataset.yes];

  for (const face of faces) {
    face.addEventListener("mouseenter", () => mark(page, face, true));
    face.addEventListener("mouseleave", () => mark(page, face, false));
    face.addEventListener("focusin", () => mark(page, face, true));
    face.addEventListener("focusout", () => mark(page, face, false));
  }
  if (!button) return;

  button.hidden = false;
  button.addEventListener("click", () => begin(page, faces, 0));
  list.addEventListener("keydown", (event) => {
    if (!isOn() || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    const face = event.target.closest("[data-face]");
    const onFace = event.target === face;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "Enter" && !onFace) return;
    if (act(page, faces, face, key, yes)) event.preventDefault();
  });

  if (isOn()) {
    const last = faces.findIndex((face) => `#${face.id}` === location.hash);
    begin(page, faces, Math.max(0, last));
  }
}

function act(page, faces, face, key, yes) {
  const index = faces.indexOf(face);
  if (key === "ArrowDown") return focus(faces[index + 1] ?? face);
  if (key === "ArrowUp") return focus(faces[index - 1] ?? face);
  if (key === "ArrowRight") return follow(page, "next");
  if (key === "ArrowLeft") return follow(page, "prev");
  if (key === "Escape") return end(page);
  if (yes.includes(key)) return press(face, "yes");
  if (key === "n") return press(face, "n");
  if (key === "w") return write(face);
  return false;
}

function isOn() {
  return sessionStorage.getItem(KEPT) === location.pathname;
}

// Focus the first face that needs somebody, from one face on.
function begin(page, faces, from) {
  sessionStorage.setItem(KEPT, location.pathname);
  page.querySelector("[data-keys-help]").hidden = false;
  const order = [...faces.slice(from), ...faces.slice(0, from)];
  focus(order.find((face) => OPEN.includes(face.dataset.state)) ?? order[0]);
}

function end(page) {
  sessionStorage.removeItem(KEPT);
  page.querySelector("[data-keys-help]").hidden = true;
  page.querySelector("[data-keys]").focus();
  return true;
}

function focus(face) {
  face.focus();
  face.scrollIntoView({ block: "nearest" });
  return true;
}

function press(face, key) {
  const button = face.querySelector(`[data-key=${key}]`);
  if (!button) return false;
  sessionStorage.setItem(KEPT, location.pathname);
  button.click();
  return true;
}

function write(face) {
  const input = face.querySelector("input[name=name]");
  const around = input.closest("details");
  if (around) around.open = true;
  input.focus();
  return true;
}

function follow(page, where) {
  const link = page.querySelector(`a[rel=${where}]`);
  if (!link) return false;
  sessionStorage.setItem(KEPT, new URL(link.href).pathname);
  link.click();
  return true;
}

function mark(page, face, on) {
  face.classList.toggle("current", on);
  page.querySelector(`.box[href="#${face.id}"]`)?.classList.toggle("current", on);
}

function isTyping(target) {
  return target.matches("input, textarea, select");
}
