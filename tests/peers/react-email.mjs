// The reference digest in React Email, with its own components. With the argument `lean`, links of
// an item are `Link` in place of `Button`, which brings padding for Outlook along.

import { readFileSync } from "node:fs";
import {
  Body, Button, CodeInline, Container, Head, Heading, Hr, Html, Img, Link, Preview, Section, Text,
} from "@react-email/components";
import { render } from "@react-email/render";
import { createElement, Fragment } from "react";

const issue = JSON.parse(readFileSync(0, "utf8"));
const lean = process.argv[2] === "lean";
const { strings, urls } = issue;
const h = createElement;

const style = {
  body: { margin: 0, backgroundColor: "#dfe7ea", fontFamily: "Helvetica, Arial, sans-serif" },
  container: { maxWidth: "600px", backgroundColor: "#ffffff" },
  mast: { padding: "24px 20px", backgroundColor: "#0e3a45", color: "#ffffff" },
  column: { padding: "0 20px" },
  panel: { padding: "8px 20px", backgroundColor: "#f2f6f7" },
  text: { fontSize: "17px", lineHeight: "1.6", color: "#1c2529" },
  small: { fontSize: "15px", lineHeight: "1.6", color: "#52616a" },
  heading: { color: "#1c2529", lineHeight: "1.25" },
  link: { color: "#0b5d6e", textDecoration: "underline" },
  main: { padding: "4px 12px", borderRadius: "16px", backgroundColor: "#0b5d6e", color: "#ffffff" },
  plain: { padding: "3px 12px", borderRadius: "16px", border: "1px solid #cbd6da", color: "#0b5d6e" },
  picture: { maxWidth: "100%", height: "auto" },
  quotation: { margin: "0 20px", fontStyle: "italic" },
};

const inline = (node, index) => {
  if (typeof node === "string") return node;
  const inner = node.children.map(inline);
  if (node.tag === "a") return h(Link, { key: index, href: node.href, style: style.link }, inner);
  if (node.tag === "code") return h(CodeInline, { key: index }, inner);
  return h(node.tag, { key: index }, inner);
};

const block = (it, index) => {
  switch (it.kind) {
    case "paragraph":
      return h(Text, { key: index, style: style.text }, it.inlines.map(inline));
    case "picture":
      return h(Img, { key: index, src: it.src, alt: it.alt, width: it.width, height: it.height, style: style.picture });
    case "list":
      return h("ul", { key: index, style: style.text }, it.items.map((line, i) => h("li", { key: i }, line.map(inline))));
    default:
      return h("blockquote", { key: index, style: style.quotation }, it.blocks.map(block));
  }
};

const button = ({ label, url, role }, index) =>
  h(
    Fragment,
    { key: index },
    lean
      ? h(Link, { href: url, style: style.link }, label)
      : h(Button, { href: url, style: role === "project" ? style.main : style.plain }, label),
    " ",
  );

const item = (level) => (it) =>
  h(
    Section,
    { key: it.anchor, style: style.column },
    h(Heading, { as: `h${level}`, id: it.anchor, style: style.heading }, it.heading),
    h(Text, { style: style.small }, `${strings.availability}: `, it.links.map(button)),
    it.body.map(block),
  );

const entry = (it) => {
  if (!it.items) return item(2)(it);
  return h(
    Section,
    { key: it.anchor, style: style.panel },
    h(Heading, { as: "h2", id: it.anchor, style: style.heading }, it.heading),
    it.lead.map(block),
    it.items.map(item(3)),
  );
};

const jump = (it) => h(Link, { key: it.anchor, href: `#${it.anchor}`, style: style.link }, it.heading);
const joined = (nodes, between) => nodes.flatMap((node, i) => (i ? [between, node] : [node]));
const content = (it) =>
  h("li", { key: it.anchor }, jump(it), it.items ? [": ", ...joined(it.items.map(jump), " · ")] : null);
const footLink = (href, label) => h(Link, { href, style: style.link }, label);

const mail = h(
  Html,
  { lang: issue.lang },
  h(Head, null, h("title", null, issue.title)),
  h(Preview, null, issue.preheader),
  h(
    Body,
    { style: style.body },
    h(
      Container,
      { style: style.container },
      h(
        Section,
        { style: style.mast },
        h(Text, null, h("strong", null, issue.publication), h("br"), issue.tagline),
        h(Heading, { as: "h1" }, issue.title),
        h(Text, null, issue.summary),
      ),
      h(Section, { style: style.column }, issue.intro.map(block)),
      h(
        Section,
        { style: style.panel },
        h(Text, { style: style.text }, h("strong", null, strings.contents)),
        h("ul", { style: style.text }, issue.entries.map(content)),
      ),
      issue.entries.map(entry),
      h(Hr, null),
      h(Section, { style: style.column }, issue.signOff.map(block)),
    ),
    h(
      Container,
      null,
      h(
        Text,
        { style: style.small },
        strings.why,
        h("br"),
        footLink(urls.unsubscribe, strings.unsubscribe),
        " · ",
        footLink(urls.preferences, strings.preferences),
        " · ",
        footLink(urls.web, strings.web),
      ),
      h(Text, { style: style.small }, issue.publication, h("br"), issue.address),
    ),
  ),
);

process.stdout.write(await render(mail));
