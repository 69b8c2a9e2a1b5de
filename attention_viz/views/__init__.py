"""What a view is made of, as values: a head on a text, its words, small pictures of all heads, and how they cross to a
browser. No Streamlit here."""
