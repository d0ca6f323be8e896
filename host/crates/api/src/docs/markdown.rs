//! The small part of Markdown that descriptions are written in, as XHTML: well-formed, because one explorer parses it as XML.

use std::fmt::Write as _;

/// Paragraphs and lists of a text.
pub(super) fn to_xhtml(text: &str) -> String {
    let mut html = String::with_capacity(text.len() * 5 / 4);
    for block in text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        if block.lines().all(|line| line.starts_with("- ")) {
            html.push_str("<ul>");
            for item in block.lines().filter_map(|line| line.strip_prefix("- ")) {
                let _ = write!(html, "<li>{}</li>", inline(item));
            }
            html.push_str("</ul>");
        } else {
            let _ = write!(html, "<p>{}</p>", inline(block));
        }
    }
    html
}

/// `code` and **bold**; a mark without its partner is an ordinary character.
fn inline(text: &str) -> String {
    let mut html = String::with_capacity(text.len() * 5 / 4);
    let mut rest = text;
    while let Some(position) = rest.find(['`', '*']) {
        let (before, marked) = rest.split_at(position);
        escape(before, &mut html);
        let (mark, tag) = if marked.starts_with('`') { ("`", "code") } else { ("**", "strong") };
        let inner = marked.strip_prefix(mark).and_then(|after| after.split_once(mark)).filter(|(is, _)| !is.is_empty());
        if let Some((inner, after)) = inner {
            let _ = write!(html, "<{tag}>");
            escape(inner, &mut html);
            let _ = write!(html, "</{tag}>");
            rest = after;
        } else {
            let mut characters = marked.chars();
            html.extend(characters.next());
            rest = characters.as_str();
        }
    }
    escape(rest, &mut html);
    html
}

/// What XML keeps for itself.
fn escape(text: &str, html: &mut String) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '\n' => html.push(' '),
            other => html.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::to_xhtml;

    #[test]
    fn paragraphs_lists_code_and_bold_become_xhtml() {
        for (markdown, html) in [
            ("One\nline.\n\nTwo.", "<p>One line.</p><p>Two.</p>"),
            ("- a `b`\n- **c** d", "<ul><li>a <code>b</code></li><li><strong>c</strong> d</li></ul>"),
            ("a < b & c > d", "<p>a &lt; b &amp; c &gt; d</p>"),
            ("`<a>&`", "<p><code>&lt;a&gt;&amp;</code></p>"),
            ("2 * 3 ** 4 ` 5", "<p>2 * 3 ** 4 ` 5</p>"),
            ("", ""),
        ] {
            assert_eq!(to_xhtml(markdown), html, "{markdown}");
        }
    }
}
