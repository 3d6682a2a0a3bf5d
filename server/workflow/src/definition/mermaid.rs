//! A definition as a Mermaid state diagram, for people to review.

use std::fmt::Write as _;

use super::Definition;

impl Definition {
    /// The diagram: states, actions with the role that does them, and ends.
    pub fn mermaid(&self) -> String {
        let mut text = format!(
            "---\ntitle: {} (version {})\n---\nstateDiagram-v2\n    [*] --> {}\n",
            self.title,
            self.version,
            self.initial().name
        );
        for state in &self.states {
            let due = state
                .due
                .iter()
                .map(|rule| rule.label.as_str())
                .collect::<Vec<_>>();
            let due = if due.is_empty() {
                String::new()
            } else {
                format!("\\ndue: {}", due.join(" or "))
            };
            let line = format!("    {0} : {0} ({1}){due}", state.name, state.role);
            let _ = writeln!(text, "{line}");
        }
        for transition in &self.transitions {
            for from in &transition.from {
                let to = transition.to.as_ref().unwrap_or(from);
                let roles = self.roles_for(transition, from).join(", ");
                let _ = writeln!(
                    text,
                    "    {from} --> {to} : {} [{roles}]",
                    transition.action
                );
            }
        }
        for end in &self.finals {
            let _ = writeln!(text, "    {end} --> [*]");
        }
        text
    }
}
