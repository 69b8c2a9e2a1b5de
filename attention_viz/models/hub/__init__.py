"""Models of the Hugging Face Hub: a look, a download that can be stopped and taken up again, and what is in the cache.

hub = Hub.from_environment()
offer = hub.look("google-bert/bert-base-cased")     # a few small requests
if not hub.refusal(offer):
    hub.download(offer, print, threading.Event())
HubSource().load("google-bert/bert-base-cased")     # from the cache alone
"""

from attention_viz.models.hub.hub import Hub, Offer, Progress
from attention_viz.models.hub.policy import Policy
from attention_viz.models.hub.source import HubSource, fetch

__all__ = ["Hub", "HubSource", "Offer", "Policy", "Progress", "fetch"]
