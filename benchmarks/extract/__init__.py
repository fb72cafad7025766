"""Speed of the whole reading, beside a blank Indonesian spaCy pipeline on the same text."""
