"""What our own line doesn't understand comes by the Hub's own client, under the same rules."""

from __future__ import annotations

import threading
from functools import partial

import pytest

import attention_viz as av
from attention_viz.core.message import Message
from attention_viz.models.hub import HubSource, Policy
from tests.models.conftest import NAME, TOKEN, refused, with_config
from tests.models.hub_server import Fault
from tests.sentences import said

OURS = "attention_viz"


def fetched(hub, offer, cancelled=None) -> list[str]:
    remarks: list[Message] = []
    hub.download(offer, lambda *_: None, cancelled or threading.Event(), remarks.append)
    return list(said(remarks))


@pytest.mark.parametrize("file", ["config.json", "model.safetensors"])
@pytest.mark.parametrize(
    ("fault", "what"),
    [
        (Fault(status=418, agent=OURS), "HTTP 418"),
        (Fault(status=400, agent=OURS), "HTTP 400"),
        (Fault(status=300, agent=OURS), "HTTP 300"),
        (Fault(status=204, agent=OURS), "HTTP 204"),
        (Fault(encoding="br", agent=OURS), "an encoding that was not asked for"),
        (Fault(encoding="gzip", agent=OURS), "DecodingError"),
    ],
    ids=["418", "400", "300", "204", "br", "gzip"],
)
def test_an_answer_that_is_not_understood_is_left_to_the_hubs_own_client(tiny_server, tiny, hub_of, fault, file, what):
    hub = hub_of(tiny_server)
    offer = hub.look(NAME)
    tiny_server.faults[file] = fault
    remarks = fetched(hub, offer)
    assert remarks == [
        f"The Hub answered in a way that this app doesn't know ({what}); trying the Hub's own client.",
    ]
    folder = hub.local(NAME)
    assert {one.name for one in folder.iterdir()} == {one.name for one in offer.files}
    assert all((folder / one.name).read_bytes() == tiny[one.name] for one in offer.files)
    assert not list(hub.cache.folder.rglob(".client*"))
    assert not list(hub.cache.folder.rglob("*.incomplete"))


def test_a_part_that_does_not_say_which_goes_the_other_way(tiny_server, tiny, hub_of):
    hub = hub_of(tiny_server)
    offer = hub.look(NAME)
    unfinished = hub.cache.partial(offer.name, offer.files[-1])
    unfinished.parent.mkdir(parents=True)
    unfinished.write_bytes(tiny["model.safetensors"][:1000])
    tiny_server.faults["model.safetensors"] = Fault(naked=True)
    assert "a part of a file that doesn't say which" in fetched(hub, offer)[0]
    assert (hub.local(NAME) / "model.safetensors").read_bytes() == tiny["model.safetensors"]


def test_files_without_a_digest_come_by_the_hubs_own_client(tiny_server, tiny, hub_of):
    tiny_server.models[NAME].no_digests = True
    hub = hub_of(tiny_server)
    offer = hub.look(NAME)
    remarks = fetched(hub, offer)
    small = [file.name for file in offer.files[:-1]]
    assert len(remarks) > len(small) > 2
    for name, one in zip(small, remarks, strict=False):
        assert f"{name} has no digest of a known kind" in one
    assert HubSource(lambda: hub).load(NAME).info.name == NAME
    # Another commit with a file of the same name and size is another file.
    changed = tiny | {"README.md": tiny["README.md"].replace(b"Tiny", b"tiNY")}
    tiny_server.add(NAME, changed, no_digests=True)
    fetched(hub, hub.look(NAME))
    assert (hub.local(NAME) / "README.md").read_bytes() == changed["README.md"]


@pytest.mark.parametrize("digest", ["../../x", "x" * 64, 7, None], ids=str)
def test_a_digest_of_another_kind_is_no_name_of_a_file(tiny_server, hub_of, digest):
    hub = hub_of(tiny_server)
    known = {file.name: file for file in hub.look(NAME).files}
    siblings = [{"rfilename": file.name, "size": file.size, "blobId": digest} for file in known.values()]
    tiny_server.models[NAME].answer = {"sha": tiny_server.models[NAME].commit, "siblings": siblings}
    keys = [file.key for file in hub.look(NAME).files]
    assert len(set(keys)) == len(known)
    assert all(len(key) == 64 and set(key) <= set("0123456789abcdef") for key in keys)


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500])
def test_a_refusal_is_not_tried_again(tiny_server, hub_of, status):
    hub = hub_of(tiny_server)
    offer = hub.look(NAME)
    tiny_server.faults["config.json"] = Fault(status=status, agent=OURS)
    remarks: list[Message] = []
    refused(lambda: hub.download(offer, lambda *_: None, threading.Event(), remarks.append))
    assert not remarks
    assert not [request for request in tiny_server.requests if request.method == "HEAD"]


@pytest.mark.parametrize("sent", [b"too short", b"x" * 2_000_000, None], ids=["short", "long", "other"])
def test_other_bytes_than_announced_are_thrown_away(tiny_server, tiny, hub_of, sent):
    hub = hub_of(tiny_server)
    tiny_server.models[NAME].no_digests = sent is not None
    offer = hub.look(NAME)
    original = tiny_server.models[NAME].files["model.safetensors"]
    tiny_server.faults["model.safetensors"] = Fault(sent=original[:-1] + b"?" if sent is None else sent)
    if sent is None:
        tiny_server.faults["config.json"] = Fault(status=418, agent=OURS)
    refused(lambda: fetched(hub, offer))
    assert hub.local(NAME) is None
    assert not list(hub.cache.folder.rglob(".client*"))
    assert not any(path.stat().st_size > len(original) for path in hub.cache.folder.rglob("*"))


def test_the_digest_is_checked_here_too(tiny_server, tiny, hub_of):
    hub = hub_of(tiny_server)
    offer = hub.look(NAME)
    flipped = tiny["tokenizer.json"][:-1] + b"?"
    tiny_server.models[NAME].files["tokenizer.json"] = flipped
    tiny_server.faults["tokenizer.json"] = Fault(status=418, agent=OURS)
    message = refused(lambda: fetched(hub, offer), av.DamagedModelError)
    assert message.startswith("What arrived as tokenizer.json of tests/tiny-bert is not what the Hub announced")


def test_a_stop_is_heeded_within_a_file(tiny_server, hub_of):
    hub = hub_of(tiny_server)
    offer = hub.look(NAME)
    tiny_server.faults["config.json"] = Fault(status=418, agent=OURS)
    cancelled = threading.Event()
    remarks: list[Message] = []

    def stop(remark: Message) -> None:
        remarks.append(remark)
        cancelled.set()

    message = refused(lambda: hub.download(offer, lambda *_: None, cancelled, stop), av.DownloadError)
    assert remarks
    assert message.startswith("The download was stopped.")
    assert not tiny_server.asked("model.safetensors")[1:], "one look, and no download"
    tiny_server.faults.clear()
    fetched(hub, offer)
    assert hub.local(NAME) is not None


def test_the_rules_hold_for_it_too(tiny_server, hub_of):
    offer = hub_of(tiny_server).look(NAME)
    tiny_server.faults["config.json"] = Fault(status=418, agent=OURS)
    tiny_server.requests.clear()
    for policy in (Policy("none"), Policy("any", "0.0001")):
        refused(partial(fetched, hub_of(tiny_server, policy=policy), offer), av.DownloadError)
    assert not tiny_server.requests


def test_it_asks_with_the_same_token_and_no_other(tiny_server, hub_of, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_lyingaround")
    tiny_server.models[NAME].no_digests = True
    for token in (None, TOKEN):
        tiny_server.requests.clear()
        hub = hub_of(tiny_server, token=token)
        fetched(hub, hub.look(NAME))
        asked = {request.authorization for request in tiny_server.requests if request.host == "hub"}
        assert asked == {token and f"Bearer {token}"}
        assert {request.authorization for request in tiny_server.requests if request.host == "storage"} <= {None}
        tiny_server.add(NAME, with_config(tiny_server.models[NAME].files, note=1), no_digests=True)


def test_what_neither_understands_is_said(tiny_server, hub_of):
    hub = hub_of(tiny_server, token=TOKEN)
    offer = hub.look(NAME)
    tiny_server.faults["tokenizer.json"] = Fault(status=418)
    message = refused(lambda: fetched(hub, offer), av.DownloadError)
    assert message == "The Hub refuses tests/tiny-bert (HTTP 418). Look the model up again."
    tiny_server.no_commits = True
    tiny_server.faults["tokenizer.json"] = Fault(status=418, agent=OURS)
    message = refused(lambda: fetched(hub, offer), av.DownloadError)
    assert message.startswith(
        "The Hub answered in a way that this app doesn't know (to the Hub's own client too: FileMetadataError)."
    )
    assert TOKEN not in message


def test_python_is_told(environment, capsys):
    environment.faults["config.json"] = Fault(status=418, agent=OURS)
    message = refused(lambda: av.load_model(NAME), av.DownloadError)
    assert message.startswith("The Hub answered in a way that this app doesn't know (HTTP 418)."), "the look needs it"
    environment.faults = {"tokenizer.json": Fault(status=418, agent=OURS)}
    assert av.load_model(NAME).info.name == NAME
    assert "trying the Hub's own client" in capsys.readouterr().err
