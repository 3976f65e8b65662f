// Inlines of content.py as HTML, for the peers whose text components take it.

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

export const escaped = (text) => text.replace(/[&<>"]/g, (c) => ENTITIES[c]);

export const html = (nodes) =>
  nodes
    .map((node) => {
      if (typeof node === "string") return escaped(node);
      const href = node.href ? ` href="${escaped(node.href)}"` : "";
      return `<${node.tag}${href}>${html(node.children)}</${node.tag}>`;
    })
    .join("");
