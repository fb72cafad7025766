"""What is learned: small linear models over features, whose weights are lexicon files."""
