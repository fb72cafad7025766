"""Reading Indonesian text: numbers, dates, places, names, sentences; each with its offsets."""
