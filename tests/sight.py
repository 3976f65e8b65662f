"""What tells, inside the preview's page, that it is live and what its frames have drawn."""

from __future__ import annotations

LIVE = "document.getElementById('live').textContent.startsWith('Live')"
# Resolves once every frame has drawn a text that was not there before.
DRAWN = """text => Promise.all([...document.querySelectorAll('iframe')].map(frame =>
  new Promise(resolve => {
    const look = () => {
      if (frame.contentDocument.body?.textContent.includes(text))
        frame.contentWindow.requestAnimationFrame(() => resolve());
    };
    new MutationObserver(look).observe(frame.contentDocument, {childList: true, subtree: true});
    look();
  })))"""
