"""Text as pictures: fonts, scripts, order, shapes, letters."""
