"""The entry point: `streamlit run app.py`."""

from attention_viz.ui.app import shell

shell.run()
