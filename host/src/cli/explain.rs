//! `explain`: explains an error of the API.

use clap::Args;
use obp_host::obp::explain::{self, Explanation};
use settings::toml_file::shown;

use super::output::print;

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The code, such as OBP-30111 or 30111, or the text of an error or its beginning. Without it, the command lists all codes.
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

impl Explain {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Some(code) = self.code else {
            return print(&listed(&explain::all()));
        };
        let Some(found) = explain::find(&code) else {
            let near = listed(&explain::near(&code));
            let similar = if near.is_empty() { String::new() } else { format!("; similar ones are:\n{near}") };
            anyhow::bail!("no error has this code or text: {}{similar}\n`obp-host explain` lists all", shown(&code))
        };
        print(&explained(&found))
    }
}

/// One line for each error: the code and the beginning of its message.
fn listed(explanations: &[Explanation]) -> String {
    let line = |explanation: &Explanation| format!("{:9}  {}\n", explanation.code, explanation.text_alone());
    explanations.iter().map(line).collect()
}

fn explained(explanation: &Explanation) -> String {
    let Explanation { text, statuses, meaning, when, what_to_do, .. } = explanation;
    let statuses: Vec<_> = statuses.iter().map(u16::to_string).collect();
    format!(
        "{text}\n\nStatus      {}\nMeaning     {meaning}\nWhen        {when}\nWhat to do  {what_to_do}\n",
        statuses.join(", ")
    )
}
