"""What a row is: the fields, tables, claim types and evidence that every layer agrees on."""
