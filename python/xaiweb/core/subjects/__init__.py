"""What is explained: a row of a table, an image, a text."""
