"""From a clip to the finished file: layout, encoding, cards, stills, credentials."""
