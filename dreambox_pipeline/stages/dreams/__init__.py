"""The dream inside a comment: found, understood, ranked, and consented to."""
