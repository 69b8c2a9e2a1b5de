"""Attention built by hand: what stands in the tables, its steps, and the same as a program. No Streamlit here."""
