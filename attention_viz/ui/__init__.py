"""The Streamlit side that pages share: what is selected, what is cached, and how a page is framed."""
