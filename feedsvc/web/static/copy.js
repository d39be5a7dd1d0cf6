// Shows the copy buttons where the browser can copy, and lets them say that they did.
"use strict";
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const words = button.textContent;
    const label = button.getAttribute("aria-label");
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.copied;
      button.setAttribute("aria-label", button.dataset.copied);
      setTimeout(() => {
        button.textContent = words;
        button.setAttribute("aria-label", label);
      }, 2000);
    });
  }
}
