"""The live views: one folder each with its HTML, style, JavaScript, and a typed Python function that shows it."""
