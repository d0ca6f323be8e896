//! Indented JSON. It changes the text, not the values: reading them into a map would lose the order of the keys.

/// The same JSON, with a line for each value.
pub fn indented(json: &str) -> String {
    let mut text = String::with_capacity(json.len() * 2);
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    let mut characters = json.chars().peekable();
    while let Some(character) = characters.next() {
        if in_text {
            in_text = escaped || character != '"';
            escaped = character == '\\' && !escaped;
            text.push(character);
            continue;
        }
        match character {
            '"' => {
                in_text = true;
                text.push('"');
            }
            '{' | '[' => {
                text.push(character);
                match characters.next_if(|next| matches!(next, '}' | ']')) {
                    Some(closing) => text.push(closing),
                    None => {
                        depth += 1;
                        new_line(&mut text, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut text, depth);
                text.push(character);
            }
            ',' => {
                text.push(',');
                new_line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            space if space.is_whitespace() => {}
            other => text.push(other),
        }
    }
    text
}

fn new_line(text: &mut String, depth: usize) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::indented;

    #[test]
    fn every_value_gets_a_line_and_texts_do_not_change() {
        let json = r#"{"z":[],"a":{"b":[1,{"c":"x: {,\"y\" \\"}]},"d":true}"#;
        let expected = "{\n  \"z\": [],\n  \"a\": {\n    \"b\": [\n      1,\n      {\n        \"c\": \"x: {,\\\"y\\\" \\\\\"\n      }\n    ]\n  },\n  \"d\": true\n}";
        assert_eq!(indented(json), expected);
    }
}
