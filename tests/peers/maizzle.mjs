// The reference digest in Maizzle: its own settings for production (inlining, purging, shorthands),
// the table attributes and the Outlook table of its starter.

import { readFileSync } from "node:fs";
import { render } from "@maizzle/framework";
import { escaped, html } from "./inlines.mjs";

const issue = JSON.parse(readFileSync(0, "utf8"));
const { strings, urls } = issue;

const block = (it) => {
  switch (it.kind) {
    case "paragraph":
      return `<p class="text">${html(it.inlines)}</p>`;
    case "picture":
      return `<img class="picture" src="${it.src}" alt="${escaped(it.alt)}" width="${it.width}">`;
    case "list":
      return `<ul class="text">${it.items.map((line) => `<li>${html(line)}</li>`).join("")}</ul>`;
    default:
      return `<blockquote class="quotation">${it.blocks.map(block).join("")}</blockquote>`;
  }
};

const blocks = (list) => list.map(block).join("\n");

const button = ({ label, url, role }) =>
  `<a href="${url}" class="button${role === "project" ? " main" : ""}">${label}</a>`;

const item = (it, level) => `<h${level} id="${it.anchor}" class="h${level}">${escaped(it.heading)}</h${level}>
<p class="small">${strings.availability}: ${it.links.map(button).join(" ")}</p>
${blocks(it.body)}`;

const row = (content, name) => `<tr><td class="${name}">${content}</td></tr>`;

const entry = (it) =>
  it.items
    ? row(
        `<h2 id="${it.anchor}" class="h2">${escaped(it.heading)}</h2>${blocks(it.lead)}
${it.items.map((inner) => item(inner, 3)).join("\n")}`,
        "panel",
      )
    : row(item(it, 2), "column");

const jump = (it) => `<a href="#${it.anchor}" class="link">${escaped(it.heading)}</a>`;
const contents = issue.entries
  .map((it) => `<li>${jump(it)}${it.items ? `: ${it.items.map(jump).join(" · ")}` : ""}</li>`)
  .join("\n");

const template = `<!DOCTYPE html>
<html lang="${issue.lang}" xmlns:v="urn:schemas-microsoft-com:vml">
<head>
  <meta charset="utf-8">
  <meta name="x-apple-disable-message-reformatting">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
  <meta name="color-scheme" content="light dark">
  <meta name="supported-color-schemes" content="light dark">
  <!--[if mso]>
  <noscript><xml><o:OfficeDocumentSettings xmlns:o="urn:schemas-microsoft-com:office:office"><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml></noscript>
  <style>td,th,div,p,a,h1,h2,h3,h4,h5,h6 {font-family: "Segoe UI", sans-serif; mso-line-height-rule: exactly;}</style>
  <![endif]-->
  <title>${escaped(issue.title)}</title>
  <style>
    img { max-width: 100%; vertical-align: middle; }
    .body { margin: 0; padding: 0; width: 100%; word-break: break-word; -webkit-font-smoothing: antialiased; }
    .canvas { background-color: #dfe7ea; font-family: Helvetica, Arial, sans-serif; }
    .hidden { display: none; }
    .sheet { width: 600px; max-width: 100%; background-color: #ffffff; color: #1c2529; }
    .full { width: 100%; }
    .mast { padding: 24px; background-color: #0e3a45; color: #ffffff; font-size: 15px; }
    .h1 { margin: 24px 0 8px; font-size: 30px; line-height: 36px; }
    .h2 { margin: 32px 0 12px; font-size: 25px; line-height: 32px; }
    .h3 { margin: 28px 0 12px; font-size: 21px; line-height: 28px; }
    .column { padding: 0 24px; }
    .panel { padding: 0 24px 16px; background-color: #f2f6f7; }
    .text { margin: 0 0 20px; font-size: 17px; line-height: 27px; color: #1c2529; }
    .small { margin: 0 0 16px; font-size: 15px; line-height: 24px; color: #52616a; }
    .link { color: #0b5d6e; }
    .text a { color: #0b5d6e; }
    .button { display: inline-block; padding: 4px 12px; border: 1px solid #cbd6da; border-radius: 16px; color: #0b5d6e; text-decoration: none; }
    .main { background-color: #0b5d6e; color: #fffffe; }
    .picture { margin-bottom: 20px; }
    .quotation { margin: 0 24px; font-style: italic; }
    @media (max-width: 600px) { .sheet { width: 100% !important; } }
  </style>
</head>
<body class="body">
  <div class="hidden">${escaped(issue.preheader)}${" &#8199;&#65279;&#847;".repeat(150)}</div>
  <div role="article" aria-roledescription="email" aria-label="${escaped(issue.title)}" lang="${issue.lang}">
  <div class="canvas">
  <table align="center"><tr><td class="sheet"><table class="full">
  ${row(
    `<p class="small" style="color: #ffffff"><strong>${escaped(issue.publication)}</strong><br>${escaped(issue.tagline)}</p>
  <h1 class="h1">${escaped(issue.title)}</h1>${escaped(issue.summary)}`,
    "mast",
  )}
  ${row(blocks(issue.intro), "column")}
  ${row(`<p class="text"><strong>${strings.contents}</strong></p><ul class="text">${contents}</ul>`, "panel")}
  ${issue.entries.map(entry).join("\n")}
  ${row(blocks(issue.signOff), "column")}
  ${row(
    `<p class="small">${escaped(strings.why)}<br><a href="${urls.unsubscribe}" class="link">${strings.unsubscribe}</a> · <a href="${urls.preferences}" class="link">${strings.preferences}</a> · <a href="${urls.web}" class="link">${strings.web}</a></p>
  <p class="small">${escaped(issue.publication)}<br>${escaped(issue.address)}</p>`,
    "column",
  )}
  </table></td></tr></table>
  </div></div>
</body>
</html>`;

const { html: made } = await render(template, {
  css: { inline: true, purge: true, shorthand: true },
  prettify: false,
});
process.stdout.write(made);
