"""The command line: the program, and one small module a verb in `verbs`."""
