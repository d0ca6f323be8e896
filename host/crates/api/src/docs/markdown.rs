//! Markdown to XHTML. The result is well-formed, because one of OBP's explorers parses descriptions as XML.

use pulldown_cmark::{Event, Parser, html};

/// The XHTML of a text. HTML in the text is shown, not interpreted.
pub(crate) fn to_xhtml(text: &str) -> String {
    let events = Parser::new(text).map(|event| match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        Event::SoftBreak => Event::Text(" ".into()),
        other => other,
    });
    let mut xhtml = String::with_capacity(text.len() * 5 / 4);
    html::push_html(&mut xhtml, events);
    // The only line breaks are those that the writer puts between elements.
    xhtml.retain(|character| character != '\n');
    xhtml
}

#[cfg(test)]
mod tests {
    use super::to_xhtml;

    #[test]
    fn paragraphs_lists_code_and_emphasis_become_xhtml() {
        for (markdown, html) in [
            ("One\nline.\n\nTwo.", "<p>One line.</p><p>Two.</p>"),
            ("- a `b`\n- **c** d", "<ul><li>a <code>b</code></li><li><strong>c</strong> d</li></ul>"),
            ("a *b* c", "<p>a <em>b</em> c</p>"),
            ("a < b & c > d", "<p>a &lt; b &amp; c &gt; d</p>"),
            ("`<a>&`", "<p><code>&lt;a&gt;&amp;</code></p>"),
            ("a <b>c</b>", "<p>a &lt;b&gt;c&lt;/b&gt;</p>"),
            ("2 * 3 ** 4 ` 5", "<p>2 * 3 ** 4 ` 5</p>"),
            ("", ""),
        ] {
            assert_eq!(to_xhtml(markdown), html, "{markdown}");
        }
    }
}
