"""One function per act, used by every face: looks up, builds commands, executes."""
