"""Measures: every gated row is a ratio to a raw loop that ran interleaved in the same run."""
