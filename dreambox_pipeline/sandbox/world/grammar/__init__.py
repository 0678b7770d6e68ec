"""What the audience writes: a grammar made for this project, in six languages."""
