// A contact sheet fits wide frames into narrow columns. Without it they are scrolled.
"use strict";

function fit(stage) {
  const inner = stage.firstElementChild;
  const scale = Math.min(1, stage.clientWidth / Number(inner.dataset.width));
  stage.classList.add("fits");
  inner.style.transform = `scale(${scale})`;
  stage.style.height = `${inner.offsetHeight * scale}px`;
}

const observer = new ResizeObserver(entries => entries.forEach(entry => fit(entry.target)));

function fitAll() {
  observer.disconnect();
  document.querySelectorAll(".stage").forEach(stage => observer.observe(stage));
}

fitAll();
