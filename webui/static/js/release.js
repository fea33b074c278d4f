// Says that a copy is under way: a download leaves the page as it was.

export function start(form) {
  form.addEventListener("submit", (event) => {
    if (!event.submitter?.classList.contains("primary")) return;
    document.querySelector("[data-release-status]").textContent = form.dataset.release;
  });
}
