"""The live views: one folder each with HTML, style, JavaScript, and a typed Python function that makes a `LiveView`.

What all of them use in the browser is in lib/, and what shows them, on a page of Streamlit for one, in hosts/.
"""
