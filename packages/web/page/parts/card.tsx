import { marked, type Token, type Tokens } from "marked";
import { createElement, type ComponentChildren, type JSX } from "preact";

/** A model card: Markdown as elements of our own making. Its HTML stays text, its images are links, its scripts are nothing. */
export function Card({ text, cut }: { readonly text: string; readonly cut: boolean }): JSX.Element {
  return (
    <div class="card">
      {blocks(marked.lexer(text))}
      {cut && <p class="quiet">The card goes on; this is its beginning.</p>}
    </div>
  );
}

function blocks(tokens: readonly Token[]): ComponentChildren {
  return tokens.map((token, at) => <Block key={at} token={token} />);
}

function Block({ token }: { readonly token: Token }): JSX.Element | null {
  switch (token.type) {
    case "heading": {
      const { depth, tokens } = token as Tokens.Heading;
      // Two levels down: the page has its own first and second.
      return createElement(`h${Math.min(6, depth + 2)}`, {}, inline(tokens));
    }
    case "paragraph":
      return <p>{inline((token as Tokens.Paragraph).tokens)}</p>;
    case "text": {
      const { tokens, text } = token as Tokens.Text;
      return <>{tokens ? inline(tokens) : text}</>;
    }
    case "code":
      return (
        <pre tabIndex={0}>
          <code>{(token as Tokens.Code).text}</code>
        </pre>
      );
    case "blockquote":
      return <blockquote>{blocks((token as Tokens.Blockquote).tokens)}</blockquote>;
    case "list": {
      const { ordered, items } = token as Tokens.List;
      const listed = items.map((item, at) => <li key={at}>{blocks(item.tokens)}</li>);
      return ordered ? <ol>{listed}</ol> : <ul>{listed}</ul>;
    }
    case "table": {
      const { header, rows } = token as Tokens.Table;
      return (
        <div class="scroll" tabIndex={0} role="region" aria-label="Table of the card">
          <table>
            <thead>
              <tr>
                {header.map((cell, at) => (
                  <th scope="col" key={at}>
                    {inline(cell.tokens)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, at) => (
                <tr key={at}>
                  {row.map((cell, column) => (
                    <td key={column}>{inline(cell.tokens)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    }
    case "hr":
      return <hr />;
    case "html": {
      const plain = withoutTags((token as Tokens.HTML).text);
      return plain === "" ? null : <p>{plain}</p>;
    }
    default:
      return null;
  }
}

function inline(tokens: readonly Token[] = []): ComponentChildren {
  return tokens.map((token, at) => <Inline key={at} token={token} />);
}

function Inline({ token }: { readonly token: Token }): JSX.Element {
  switch (token.type) {
    case "strong":
      return <strong>{inline((token as Tokens.Strong).tokens)}</strong>;
    case "em":
      return <em>{inline((token as Tokens.Em).tokens)}</em>;
    case "del":
      return <del>{inline((token as Tokens.Del).tokens)}</del>;
    case "codespan":
      return <code>{(token as Tokens.Codespan).text}</code>;
    case "br":
      return <br />;
    case "link": {
      const { href, tokens } = token as Tokens.Link;
      return <Outside href={href}>{inline(tokens)}</Outside>;
    }
    case "image": {
      // Nothing is fetched from elsewhere.
      const { href, text } = token as Tokens.Image;
      return <Outside href={href}>[image{text && `: ${text}`}]</Outside>;
    }
    case "html":
      return <>{withoutTags((token as Tokens.HTML).text)}</>;
    default: {
      const { tokens, text } = token as Tokens.Text;
      return <>{tokens ? inline(tokens) : text}</>;
    }
  }
}

/** A link that leads away: http and https alone, in a tab of its own that learns nothing. */
function Outside({
  href,
  children,
}: {
  readonly href: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  const url = URL.parse(href);
  if (url === null || !/^https?:$/.test(url.protocol)) return <span>{children}</span>;
  return (
    <a href={url.href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

function withoutTags(html: string): string {
  return html
    .replaceAll(/<!--[\s\S]*?-->|<(?:style|script)\b[\s\S]*?<\/(?:style|script)>|<[^>]*>/gi, "")
    .trim();
}
