// Shows the copy buttons where the browser can copy, and lets them say, and read out, what they did.
"use strict";
const copies = document.querySelectorAll("button[data-copy]");
if (navigator.clipboard && copies.length) {
  // It has to be there before there is something to say: what comes together with its words is not read out.
  const status = document.createElement("p");
  status.className = "unseen";
  status.setAttribute("role", "status");
  document.querySelector("main").append(status);
  for (const button of copies) {
    const words = button.textContent;
    const label = button.getAttribute("aria-label");
    let back = 0;
    button.hidden = false;
    button.addEventListener("click", async () => {
      clearTimeout(back);
      status.textContent = "";
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
        button.textContent = button.dataset.copied;
        button.setAttribute("aria-label", button.dataset.copied);
        status.className = "unseen";
        status.textContent = button.dataset.said;
      } catch {
        status.className = "notice copy-failed";
        status.textContent = button.dataset.failed;
      }
      const shown = status.className === "unseen" ? 2000 : 8000;
      back = setTimeout(() => {
        button.textContent = words;
        button.setAttribute("aria-label", label);
        status.className = "unseen";
      }, shown);
    });
  }
}
