// The reference digest in MJML, with its own components and their defaults: a section for each item
// and an `mj-button` for each link. With the argument `lean` it is as short as an author can make
// it: as few sections and texts as there can be, links as text, the output minified.

import { readFileSync } from "node:fs";
import mjml2html from "mjml";
import { escaped, html } from "./inlines.mjs";

const issue = JSON.parse(readFileSync(0, "utf8"));
const lean = process.argv[2] === "lean";
const { strings, urls } = issue;

const block = (it) => {
  switch (it.kind) {
    case "paragraph":
      return `<p>${html(it.inlines)}</p>`;
    case "picture":
      return `<mj-image src="${it.src}" alt="${escaped(it.alt)}" width="${it.width}px" />`;
    case "list":
      return `<ul>${it.items.map((line) => `<li>${html(line)}</li>`).join("")}</ul>`;
    default:
      return `<blockquote>${it.blocks.map(block).join("")}</blockquote>`;
  }
};

const button = ({ label, url, role }) =>
  `<mj-button href="${url}" mj-class="${role === "project" ? "main" : "plain"}">${label}</mj-button>`;

const link = ({ label, url, role }) =>
  `<a href="${url}"${role === "project" ? ' class="main"' : ""}>${label}</a>`;

const linkLine = (links) =>
  lean
    ? [`<p class="small">${strings.availability}: ${links.map(link).join(" / ")}</p>`]
    : [`<p class="small">${strings.availability}:</p>`, ...links.map(button)];

// Components stand in a column as they are, HTML between them in an `mj-text`: one for
// as many as follow one another.
const texts = (pieces) => {
  const joined = pieces.reduce((list, piece) => {
    const last = list.at(-1);
    if (last && !last.startsWith("<mj-") && !piece.startsWith("<mj-")) list[list.length - 1] += piece;
    else list.push(piece);
    return list;
  }, []);
  return joined.map((piece) => (piece.startsWith("<mj-") ? piece : `<mj-text>${piece}</mj-text>`)).join("\n");
};

const section = (content, background = "#ffffff") =>
  `<mj-section background-color="${background}"><mj-column>${content}</mj-column></mj-section>`;

const heading = (it, level) => `<h${level} id="${it.anchor}">${escaped(it.heading)}</h${level}>`;

const item = (it, level) => [heading(it, level), ...linkLine(it.links), ...it.body.map(block)];

// The columns of an entry: a section of the issue stands on a ground of its own.
const columns = (it) => {
  if (!it.items) return [{ pieces: item(it, 2), background: "#ffffff" }];
  const parts = [[heading(it, 2), ...it.lead.map(block)], ...it.items.map((inner) => item(inner, 3))];
  return parts.map((pieces) => ({ pieces, background: "#f2f6f7" }));
};

const entries = () => {
  const all = issue.entries.flatMap(columns);
  const merged = all.reduce((list, it) => {
    const last = list.at(-1);
    if (lean && last?.background === it.background) last.pieces.push(...it.pieces);
    else list.push(it);
    return list;
  }, []);
  return merged.map(({ pieces, background }) => section(texts(pieces), background)).join("\n");
};

const jump = (it) => `<a href="#${it.anchor}">${escaped(it.heading)}</a>`;
const contents = issue.entries
  .map((it) => `<li>${jump(it)}${it.items ? `: ${it.items.map(jump).join(" · ")}` : ""}</li>`)
  .join("");

const source = `<mjml lang="${issue.lang}">
<mj-head>
  <mj-title>${escaped(issue.title)}</mj-title>
  <mj-preview>${escaped(issue.preheader)}</mj-preview>
  <mj-attributes>
    <mj-all font-family="Helvetica, Arial, sans-serif" />
    <mj-text font-size="17px" line-height="1.6" color="#1c2529" />
    <mj-class name="main" background-color="#0b5d6e" color="#ffffff" align="left" />
    <mj-class name="plain" background-color="#ffffff" color="#0b5d6e" border="1px solid #cbd6da" align="left" />
  </mj-attributes>
  <mj-style inline="inline">
    h1, h2, h3 { margin: 0; line-height: 1.25 }
    h1 { font-size: 30px }
    h2 { font-size: 25px }
    h3 { font-size: 21px }
    .small { font-size: 15px; color: #52616a }
    a { color: #0b5d6e }
    .main { font-weight: bold }
  </mj-style>
</mj-head>
<mj-body background-color="#dfe7ea">
  ${section(
    `<mj-text color="#ffffff"><strong>${escaped(issue.publication)}</strong><br>${escaped(issue.tagline)}</mj-text>
  <mj-text color="#ffffff"><h1>${escaped(issue.title)}</h1></mj-text>
  <mj-text color="#ffffff">${escaped(issue.summary)}</mj-text>`,
    "#0e3a45",
  )}
  ${section(texts(issue.intro.map(block)))}
  ${section(`<mj-text><strong>${strings.contents}</strong><ul>${contents}</ul></mj-text>`, "#f2f6f7")}
  ${entries()}
  ${section(`<mj-divider border-width="3px" border-color="#0b5d6e" />${texts(issue.signOff.map(block))}`)}
  ${section(
    `<mj-text><p class="small">${escaped(strings.why)}<br>
<a href="${urls.unsubscribe}">${strings.unsubscribe}</a> · <a href="${urls.preferences}">${strings.preferences}</a> · <a href="${urls.web}">${strings.web}</a></p></mj-text>
  <mj-text><p class="small">${escaped(issue.publication)}<br>${escaped(issue.address)}</p></mj-text>`,
    "#dfe7ea",
  )}
</mj-body>
</mjml>`;

const { html: made, errors } = await mjml2html(source, { validationLevel: "strict", minify: lean });
if (errors.length) throw new Error(errors.map((error) => error.formattedMessage).join("\n"));
process.stdout.write(made);
