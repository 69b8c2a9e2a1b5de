"""Plotly figures from values. No Streamlit here: a notebook or a script draws the same pictures."""
