"""A page of Streamlit as the host of live views: the only part of the components that knows Streamlit.

host.js makes the bus that the views of a visit share and stands between Streamlit's components and `mount`. Data for
all views comes in components that draw nothing (`parcel`), and one watches the theme (`theme`).
"""
