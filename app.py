"""The entry point: `streamlit run app.py`."""

from attention_viz.ui import shell

shell.run()
