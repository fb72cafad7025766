"""The four stages in flow order: collect, dedupe, extract, resolve. Tables in, tables out."""
