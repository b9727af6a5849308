"""The command line of techproc: each command parses, makes one library call and renders."""
