"""Media tools that have never heard of DreamBox: probing, measuring, drawing, encoding."""
