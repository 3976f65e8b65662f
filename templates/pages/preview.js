// The preview's page: takes over what a save has changed, and keeps every frame's place. Without it
// the page works, and is loaded by hand.
"use strict";

const live = document.getElementById("live");
let shown = null; // the version of the files that this page shows
let queue = Promise.resolve(); // one change after the other

// A frame keeps its document, and so its place, without a flash; only another <html> is loaded anew.
async function redraw(frame, url, asked) {
  const document = frame.contentDocument;
  const [, root, content] = (await asked).match(/(<html[^>]*>)([^]*)<\/html>/);
  frame.dataset.url = url;
  if (document.documentElement.outerHTML.startsWith(root)) {
    document.documentElement.innerHTML = content;
  } else {
    frame.contentWindow.location.replace(url); // no entry in the history
  }
}

async function text(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(answer.status);
  return answer.text();
}

async function takeOver(next) {
  const ids = parent => [...parent.querySelectorAll("[id]")].map(each => each.id).join();
  if (ids(document) !== ids(next)) return location.reload(); // there is more to show now, or less
  document.title = next.title;
  const asked = new Map(); // each client once, however many widths it is shown at
  const drawn = [...document.querySelectorAll("iframe")].map(frame => {
    const url = next.getElementById(frame.id).getAttribute("src");
    if (url === (frame.dataset.url ?? frame.getAttribute("src"))) return null;
    if (!asked.has(url)) asked.set(url, text(url));
    return redraw(frame, url, asked.get(url));
  });
  for (const fresh of next.querySelectorAll("[data-live]")) {
    const old = document.getElementById(fresh.id);
    const unfolded = [...old.querySelectorAll("details")].map(each => each.open);
    fresh.querySelectorAll("details").forEach((each, n) => { each.open = unfolded[n] ?? false; });
    if (old.innerHTML !== fresh.innerHTML) old.replaceChildren(...fresh.childNodes);
  }
  for (const fresh of next.querySelectorAll("[data-alone]"))
    document.querySelector(`[data-alone="${fresh.dataset.alone}"]`).href = fresh.href;
  fitAll();
  await Promise.all(drawn);
}

async function refresh(version) {
  if (version === shown) return;
  await takeOver(new DOMParser().parseFromString(await text(location.href), "text/html"));
  shown = version;
}

document.addEventListener("click", event => {
  const link = event.target.closest("[data-anchor]");
  if (!link) return;
  event.preventDefault();
  for (const frame of document.querySelectorAll("iframe")) {
    const target = frame.contentDocument?.getElementById(link.dataset.anchor);
    if (target) frame.contentWindow.scrollBy(0, target.getBoundingClientRect().top);
  }
});

const events = new EventSource("/events");
events.onopen = () => { live.textContent = "Live: every save shows here at once."; };
events.onmessage = event => {
  queue = queue.then(() => refresh(event.data)).catch(() => {
    live.textContent = "The preview could not be asked: it tries again with the next save.";
  });
};
events.onerror = () => {
  shown = null; // whatever comes back may show other files
  live.textContent = "The preview has stopped: start it again, and this page goes on.";
};
