"""Downloads from a Hub: a look first, progress, stopping, going on, and everything that can be wrong with a model."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

import attention_viz as av
from attention_viz.models import library
from attention_viz.models.hub import Hub, HubSource, Policy, fetch
from attention_viz.models.hub.cache import Cache
from attention_viz.models.hub.names import read_name
from tests.models.conftest import NAME, TOKEN, download, refused, with_config, with_header, without
from tests.models.hub_server import Fault

# A look


def test_a_look_fetches_no_weights(tiny_server, tiny, hub_of):
    hub = hub_of(tiny_server)
    offer = hub.look(NAME)
    assert offer.info.stacks == (av.Stack("encoder", 2, 4),)
    assert (offer.info.family, offer.info.width, offer.info.head_size) == ("bert", 96, 24)
    assert offer.info.name == NAME
    assert offer.info.revision == offer.commit == tiny_server.models[NAME].commit
    assert offer.info.licence == "apache-2.0"
    names = ["README.md", "config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"]
    assert [file.name for file in offer.files] == names
    assert offer.download_bytes == sum(len(tiny[name]) for name in names)
    assert offer.memory_bytes == int(offer.info.parameters * 4 * 1.25)
    assert 4 * offer.info.parameters < len(tiny["model.safetensors"]) < 4 * offer.info.parameters + 20_000
    assert offer.disk_free > 0
    assert hub.refusal(offer) is None
    assert [r.range for r in tiny_server.asked("model.safetensors")] == ["bytes=0-99999"]
    assert not (hub.cache.folder / "models--tests--tiny-bert").exists()


def test_a_long_header_takes_a_second_request(tiny_server, tiny, hub_of):
    tiny_server.models[NAME].files["model.safetensors"] = with_header(
        tiny["model.safetensors"], lambda header: header | {"__metadata__": {"note": "x" * 150_000}}
    )
    plain = hub_of(tiny_server).look(NAME)
    assert plain.info.parameters > 200_000
    assert len(tiny_server.asked("model.safetensors")) == 2
    tiny_server.faults["model.safetensors"] = Fault(deaf=True)
    assert hub_of(tiny_server).look(NAME) == plain


def test_a_model_in_parts(server, tiny, hub_of):
    cut = len(tiny["model.safetensors"])
    parts = {f"model-0000{n}-of-00002.safetensors": tiny["model.safetensors"] for n in (1, 2)}
    index = {"weight_map": {f"weight {n}": name for n, name in enumerate(parts)}}
    files = {name: data for name, data in tiny.items() if name != "model.safetensors"} | parts
    server.add("tests/parts", files)
    assert "model.safetensors" in refused(lambda: hub_of(server).look("tests/parts"), av.UnsupportedModelError)
    server.add("tests/parts", files | {"model.safetensors.index.json": json.dumps(index).encode()})
    hub = hub_of(server)
    offer = hub.look("tests/parts")
    assert sum(file.size for file in offer.files if file.name in parts) == 2 * cut
    download(hub, offer)
    assert hub.local("tests/parts") is not None
    (hub.local("tests/parts") / next(iter(parts))).unlink()
    assert hub.local("tests/parts") is None


# Download, and what comes after


def test_download_and_open(tiny_server, tiny, hub_of):
    hub = hub_of(tiny_server)
    offer = hub.look(NAME)
    assert hub.local(NAME) is None
    seen = download(hub, offer)
    folder = hub.local(NAME)
    assert {file.name for file in folder.iterdir()} == {file.name for file in offer.files}
    assert all((folder / file.name).read_bytes() == tiny[file.name] for file in offer.files)
    assert seen[0] == (0, offer.download_bytes)
    assert seen[-1] == (offer.download_bytes, offer.download_bytes)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert len(seen) > 10
    assert not tiny_server.asked("modeling.py")
    tiny_server.close()
    source = HubSource(lambda: hub)
    described = source.describe(NAME)
    assert described == offer.info
    model = source.load(NAME)
    assert model.info == described
    trace = av.trace(model, "the cat sat on the mats.")
    assert [token.text for token in trace.tokens][:3] == ["[CLS]", "the", "cat"]
    assert trace.attention(layer=1).shape == (4, len(trace.tokens), len(trace.tokens))


def test_other_users_of_the_cache_find_the_model(tiny_server, hub_of):
    from huggingface_hub import try_to_load_from_cache

    hub = hub_of(tiny_server)
    download(hub, hub.look(NAME))
    found = try_to_load_from_cache(NAME, "model.safetensors", cache_dir=hub.cache.folder)
    assert isinstance(found, str)
    assert Path(found).read_bytes() == tiny_server.models[NAME].files["model.safetensors"]


def test_what_is_there_is_not_fetched_again(tiny_server, hub_of):
    hub = hub_of(tiny_server)
    download(hub, hub.look(NAME))
    offer = hub.look(NAME)
    assert offer.download_bytes == 0
    tiny_server.requests.clear()
    assert download(hub, offer) == [(offer.files and sum(file.size for file in offer.files),) * 2]
    assert not tiny_server.requests


def test_a_revision_is_another_model(tiny_server, hub_of):
    hub = hub_of(tiny_server)
    commit = tiny_server.models[NAME].commit
    tiny_server.models[NAME].revisions = {"refs/pr/1": commit}
    offer = hub.look(f"{NAME}@refs/pr/1")
    assert offer.info.name == f"{NAME}@refs/pr/1"
    download(hub, offer)
    assert hub.local(f"{NAME}@refs/pr/1") == hub.local(f"{NAME}@{commit}")
    assert hub.local(NAME) is None
    message = refused(lambda: hub.look(f"{NAME}@v9"), av.UnknownModelError)
    assert message == f"{NAME} has no revision called “v9”. Leave out “@v9” for its main one."


def test_a_stopped_download_goes_on_where_it_was(tiny_server, hub_of):
    hub = hub_of(tiny_server)
    offer = hub.look(NAME)
    tiny_server.requests.clear()
    tiny_server.faults["model.safetensors"] = Fault(pause=0.01)
    cancelled = threading.Event()
    asked: list[float] = []

    def stop_half_way(done: int, total: int) -> None:
        if done > total // 2 and not asked:
            asked.append(time.monotonic())
            cancelled.set()

    message = refused(lambda: hub.download(offer, stop_half_way, cancelled), av.DownloadError)
    assert time.monotonic() - asked[0] < 1
    assert message == "The download was stopped. What has arrived is kept, and the next one goes on there."
    assert hub.local(NAME) is None
    blobs = hub.cache.folder / "models--tests--tiny-bert" / "blobs"
    (kept,) = blobs.glob("*.incomplete")
    size = kept.stat().st_size
    assert size > 400_000
    again = hub.look(NAME)
    assert again.download_bytes == offer.files[-1].size - size
    tiny_server.faults.clear()
    tiny_server.requests.clear()
    seen = download(hub, again)
    assert seen[-1][0] == seen[-1][1]
    assert [r.range for r in tiny_server.asked("model.safetensors")] == [f"bytes={size}-"]
    assert not list(blobs.glob("*.incomplete"))
    assert HubSource(lambda: hub).load(NAME).info.name == NAME


def test_stopping_does_not_wait_for_a_silent_line(tiny_server, hub_of):
    hub = hub_of(tiny_server)
    offer = hub.look(NAME)
    tiny_server.faults["model.safetensors"] = Fault(cut=8192, stall=True)
    cancelled = threading.Event()
    threading.Timer(0.5, cancelled.set).start()
    started = time.monotonic()
    refused(lambda: hub.download(offer, lambda *_: None, cancelled), av.DownloadError)
    assert 0.4 < time.monotonic() - started < 1.5


def test_a_server_that_ignores_ranges_starts_anew(tiny_server, tiny, hub_of):
    hub = hub_of(tiny_server)
    offer = hub.look(NAME)
    unfinished = hub.cache.partial(offer.name, offer.files[-1])
    unfinished.parent.mkdir(parents=True)
    unfinished.write_bytes(b"x" * 1000)
    tiny_server.faults["model.safetensors"] = Fault(deaf=True)
    download(hub, offer)
    assert (hub.local(NAME) / "model.safetensors").read_bytes() == tiny["model.safetensors"]


def test_a_line_that_breaks_is_taken_up_again(tiny_server, tiny, hub_of):
    hub = hub_of(tiny_server)
    offer = hub.look(NAME)
    tiny_server.requests.clear()
    tiny_server.faults["model.safetensors"] = Fault(cut=300_000, cuts=1)
    download(hub, offer)
    ranges = [r.range for r in tiny_server.asked("model.safetensors")]
    assert ranges[0] is None
    assert len(ranges) == 2
    assert (hub.local(NAME) / "model.safetensors").read_bytes() == tiny["model.safetensors"]


def test_a_line_that_stays_broken_is_given_up(tiny_server, hub_of):
    hub = hub_of(tiny_server, patience=0.4)
    offer = hub.look(NAME)
    tiny_server.faults["model.safetensors"] = Fault(cut=0, cuts=9)
    assert "The connection to the Hub broke off." in refused(lambda: download(hub, offer), av.DownloadError)
    tiny_server.faults["model.safetensors"] = Fault(cut=0, cuts=9, stall=True)
    assert "Nothing has come from the Hub" in refused(lambda: download(hub, offer), av.DownloadError)


def test_a_slow_line_is_waited_for(tiny_server, hub_of):
    hub = hub_of(tiny_server, patience=0.6)
    tiny_server.delay = 0.3
    offer = hub.look(NAME)
    tiny_server.delay = 0.0
    tiny_server.faults["model.safetensors"] = Fault(pause=0.005)
    seen = download(hub, offer)
    assert len(seen) > 50, "progress comes with each piece, not once in 10 MB"


@pytest.mark.parametrize("sent", [b"", b"too short", b"x" * 2_000_000], ids=["empty", "short", "long"])
def test_other_bytes_than_announced_are_thrown_away(tiny_server, tiny, hub_of, sent):
    hub = hub_of(tiny_server)
    offer = hub.look(NAME)
    # The tokenizer's digest is git's, that of the weights is a SHA-256.
    for file in ("tokenizer.json", "model.safetensors"):
        tiny_server.faults = {file: Fault(sent=sent)}
        refused(lambda: download(hub, offer))
        assert hub.local(NAME) is None
    flipped = bytearray(tiny["model.safetensors"])
    flipped[-1] ^= 1
    tiny_server.faults = {"model.safetensors": Fault(sent=bytes(flipped))}
    refused(lambda: download(hub, offer))
    message = refused(lambda: download(hub, offer), av.DamagedModelError)
    assert message.startswith("What arrived as model.safetensors of tests/tiny-bert is not what the Hub announced")
    assert not list(hub.cache.folder.rglob("*.incomplete"))
    tiny_server.faults = {}
    download(hub, offer)
    assert hub.local(NAME) is not None


def test_one_download_at_a_time(tiny_server, hub_of):
    hub = hub_of(tiny_server)
    offer = hub.look(NAME)
    tiny_server.faults["model.safetensors"] = Fault(pause=0.05)
    cancelled, running = threading.Event(), threading.Event()
    first = threading.Thread(target=lambda: refused(lambda: hub.download(offer, lambda *_: running.set(), cancelled)))
    first.start()
    assert running.wait(5)
    message = refused(lambda: download(hub, offer), av.DownloadError)
    assert message.startswith("Another download is running on this machine")
    cancelled.set()
    first.join(5)
    tiny_server.faults.clear()
    download(hub, offer)
    assert hub.local(NAME) is not None


# Who may


def test_nothing_is_asked_for_those_who_may_not(tiny_server, hub_of):
    none = hub_of(tiny_server, policy=Policy("none"))
    assert "doesn't let models be downloaded" in refused(lambda: none.look(NAME), av.DownloadError)
    catalogue = hub_of(tiny_server, policy=Policy("catalogue"))
    message = refused(lambda: catalogue.look(NAME), av.DownloadError)
    assert "lets only the main revisions of the catalogue's models be downloaded, and tests/tiny-bert is not" in message
    assert "is not one" in refused(lambda: catalogue.look("gpt2@refs/pr/1"), av.DownloadError)
    slip = hub_of(tiny_server, policy=Policy("catalog"))
    assert "is neither any, catalogue nor none" in refused(lambda: slip.look(NAME), av.DownloadError)
    assert not tiny_server.requests


def test_a_model_of_the_catalogue_may(server, tiny, hub_of):
    server.add("openai-community/gpt2", tiny)
    hub = hub_of(server, policy=Policy("catalogue"))
    offer = hub.look("gpt2")
    assert offer.info.name == "openai-community/gpt2"
    download(hub, offer)
    assert hub.local("gpt2") == hub.local("openai-community/gpt2") is not None


def test_an_offer_does_not_go_around_the_rules(tiny_server, hub_of):
    offer = hub_of(tiny_server).look(NAME)
    for policy in (Policy("none"), Policy("any", "0.001"), Policy("any", "much"), Policy("any", "nan")):
        hub = hub_of(tiny_server, policy=policy)
        assert refused(partial(download, hub, offer), av.DownloadError) == str(hub.refusal(offer))
    assert "This server sets 1.0 MB aside for models" in str(
        hub_of(tiny_server, policy=Policy("any", "0.001")).refusal(offer)
    )


def test_the_disk_that_is_set_aside_counts_what_is_there(tiny_server, tiny, hub_of):
    tiny_server.add("tests/second", tiny)
    hub = hub_of(tiny_server, policy=Policy("any", "0.002"))
    download(hub, hub.look(NAME))
    message = str(hub.refusal(hub.look("tests/second")))
    assert message == (
        "tests/second needs 1.1 MB on disk. This server sets 2.0 MB aside for models (ATTENTION_VIZ_DISK_GB), of which "
        "1.1 MB are taken. Choose a smaller model."
    )
    assert hub.refusal(hub.look(NAME)) is None, "nothing of it is missing"


def test_too_large_for_memory(tiny_server, hub_of):
    hub = hub_of(tiny_server, memory=lambda: 1_000_000)
    offer = hub.look(NAME)
    assert offer.memory_free == 1_000_000
    message = "tests/tiny-bert would take 1.4 MB of memory, and 1.0 MB are free. Choose a smaller model."
    assert refused(lambda: download(hub, offer), av.DownloadError) == message


def test_too_large_for_the_disk(tiny_server, hub_of, monkeypatch):
    hub = hub_of(tiny_server)
    offer = hub.look(NAME)
    free = type("usage", (), {"free": 1000})
    monkeypatch.setattr("attention_viz.models.hub.cache.shutil.disk_usage", lambda _: free)
    assert "needs 1.1 MB on disk, and 1 kB are free" in str(hub.refusal(offer))


# Who asks


def test_private_and_gated_models(server, tiny, hub_of):
    server.add("tests/private", tiny, tokens=frozenset({TOKEN}))
    server.add("tests/gated", tiny, tokens=frozenset({TOKEN}), gated=True)
    stranger, other, friend = hub_of(server), hub_of(server, token="hf_other"), hub_of(server, token=TOKEN)
    assert "If it is private, an access token is needed" in refused(
        lambda: stranger.look("tests/private"), av.UnknownModelError
    )
    assert "is not of an account that may see it" in refused(lambda: other.look("tests/private"), av.UnknownModelError)
    assert refused(lambda: stranger.look("tests/gated"), av.DownloadError) == (
        f"tests/gated is gated: accept its conditions at {server.endpoint}/tests/gated, then give this app an access "
        "token of that account (HF_TOKEN)."
    )
    assert "has not been let in yet" in refused(lambda: other.look("tests/gated"), av.DownloadError)
    for name in ("tests/private", "tests/gated"):
        download(friend, friend.look(name))
        assert stranger.local(name) is not None
    assert {r.authorization for r in server.requests if r.host == "hub"} >= {f"Bearer {TOKEN}"}
    assert {r.authorization for r in server.requests if r.host == "storage"} == {None}


def test_the_token_is_never_shown(server, hub_of, caplog):
    caplog.set_level(logging.DEBUG)
    hub = hub_of(server, token=TOKEN)
    said = [repr(hub), repr(hub._line())]
    server.status = 401
    said.append(refused(lambda: hub.look(NAME), av.DownloadError))
    assert "doesn't accept the access token" in said[-1]
    server.status = 403
    said.append(refused(lambda: hub.look(NAME), av.DownloadError))
    for token in (f"{TOKEN}\n", f"{TOKEN} ", f"{TOKEN}é"):
        bad = hub_of(server, token=token)
        with pytest.raises(av.DownloadError, match="blanks or other characters") as raised:
            bad.look(NAME)
        said += [str(raised.value), repr(raised.value.__cause__), repr(bad)]
    assert not any(TOKEN in text for text in said)
    assert TOKEN not in caplog.text


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (429, "too many requests"),
        (500, "trouble"),
        (503, "HTTP 503"),
        (418, "(HTTP 418)"),
        (404, "no model called"),
    ],
)
def test_other_answers(tiny_server, hub_of, status, words):
    tiny_server.status = status
    assert words in refused(lambda: hub_of(tiny_server).look(NAME))


def test_a_hub_that_accepts_and_falls_silent(tiny_server, hub_of):
    tiny_server.delay = 1.5
    started = time.monotonic()
    message = refused(lambda: hub_of(tiny_server, patience=0.5).look(NAME), av.DownloadError)
    assert message.startswith("Nothing has come from the Hub for")
    assert time.monotonic() - started < 1.2


def test_a_folder_that_can_not_be_written(tiny_server, tmp_path):
    (tmp_path / "file").write_text("in the way")
    hub = Hub(Cache(tmp_path / "file" / "cache"), tiny_server.endpoint)
    offer = hub.look(NAME)
    assert "can't be written" in refused(lambda: download(hub, offer), av.DownloadError)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk(tiny_server, hub_of):
    hub = hub_of(tiny_server)
    offer = hub.look(NAME)
    # /dev/full lets itself be opened and then has no room, as a disk that another program fills.
    unfinished = hub.cache.partial(offer.name, offer.files[-1])
    unfinished.parent.mkdir(parents=True)
    unfinished.symlink_to("/dev/full")
    message = refused(lambda: download(hub, offer), av.DownloadError)
    assert message.startswith(f"{NAME} can't be written to disk (No space left on device).")


# No network


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port whose queue is full: connecting to it is never answered."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for client in waiting:
            client.close()


def test_no_answer_to_connecting(silent_port, hub_of):
    in_two_seconds(hub_of(f"http://127.0.0.1:{silent_port}"))


def test_nobody_listens(hub_of):
    in_two_seconds(hub_of("http://127.0.0.1:9"))


def test_looking_up_the_name_hangs(hub_of, monkeypatch):
    def hang(*_: object, **__: object) -> None:
        time.sleep(4)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    in_two_seconds(hub_of("http://hub.invalid"))


def test_offline_by_choice(hub_of, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert "HF_HUB_OFFLINE" in refused(lambda: hub_of("http://127.0.0.1:9").look(NAME), av.DownloadError)


def in_two_seconds(hub: Hub) -> None:
    started = time.monotonic()
    message = refused(lambda: hub.look(NAME), av.DownloadError)
    assert time.monotonic() - started < 2
    assert message == (
        f"There is no connection to {hub.endpoint}, and {NAME} is not on this machine. Check the network, or choose a "
        "model that is already here: the bundled one always is."
    )


# Bad models


BAD: dict[str, tuple[Callable[[dict[str, bytes]], dict[str, bytes]], type[Exception], str]] = {
    "pickle": (
        lambda tiny: without(tiny, "model.safetensors") | {"pytorch_model.bin": b"\x80\x02."},
        av.PickledModelError,
        "has its weights only as a pickle (pytorch_model.bin), and a pickle can run code",
    ),
    "other weights": (
        lambda tiny: without(tiny, "model.safetensors") | {"model.gguf": b"GGUF"},
        av.UnsupportedModelError,
        "has no model.safetensors",
    ),
    "own code": (
        lambda tiny: with_config(tiny, model_type="mine", auto_map={"AutoModel": "a.B"}, num_attention_heads=None),
        av.UnsupportedModelError,
        "needs Python code from its own repository",
    ),
    "no tokenizer": (
        lambda tiny: without(tiny, "tokenizer.json"),
        av.UnsupportedModelError,
        "has no tokenizer that can be used",
    ),
    "pictures": (
        lambda tiny: without(with_config(tiny, vocab_size=None, model_type="vit"), "tokenizer.json"),
        av.UnsupportedModelError,
        "doesn't read text (it is a vit)",
    ),
    "no config": (lambda tiny: without(tiny, "config.json"), av.UnsupportedModelError, "has no config.json"),
    "broken config": (lambda tiny: tiny | {"config.json": b"{"}, av.DamagedModelError, "is no JSON"),
    "deep config": (lambda tiny: tiny | {"config.json": b"[" * 100_000}, av.DamagedModelError, "is no JSON"),
    "truncated": (
        lambda tiny: tiny | {"model.safetensors": tiny["model.safetensors"][:500_000]},
        av.DamagedModelError,
        "is damaged on the Hub",
    ),
    "no header": (lambda tiny: tiny | {"model.safetensors": b"\xff" * 5000}, av.DamagedModelError, "is damaged"),
    "empty": (lambda tiny: tiny | {"model.safetensors": b""}, av.DamagedModelError, "is damaged on the Hub"),
    "odd shapes": (
        lambda tiny: tiny | {"model.safetensors": with_header(tiny["model.safetensors"], lambda _: {"a": 3})},
        av.DamagedModelError,
        "is damaged on the Hub",
    ),
    "other vocabulary": (
        lambda tiny: with_config(tiny, vocab_size=30_522),
        av.DamagedModelError,
        "don't belong together: it announces 30,522 tokens in its vocabulary",
    ),
    "other width": (
        lambda tiny: with_config(tiny, hidden_size=128),
        av.DamagedModelError,
        "don't belong together: it announces vectors of 128 numbers",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_models_are_refused_before_the_download(server, tiny, hub_of, case):
    change, kind, words = BAD[case]
    server.add("tests/bad", change(tiny))
    assert words in refused(lambda: hub_of(server).look("tests/bad"), kind)
    assert not list(hub_of(server).cache.folder.glob("models--*"))


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        {"sha": "../../../etc", "siblings": []},
        {"sha": "a" * 40, "siblings": [{"rfilename": "config.json", "size": -1, "blobId": "a" * 40}]},
    ],
)
def test_an_answer_that_is_none(tiny_server, hub_of, answer):
    tiny_server.models[NAME].answer = answer
    assert "can't be understood" in refused(lambda: hub_of(tiny_server).look(NAME), av.DownloadError)


def test_files_in_folders_and_of_other_kinds_stay_there(tiny_server, tiny, hub_of):
    more = {"onnx/model.safetensors": b"no", "../evil.json": b"no", "x.bin": b"no", "evil.pkl": b"no", "a.py": b"no"}
    tiny_server.models[NAME].files |= more
    assert not {file.name for file in hub_of(tiny_server).look(NAME).files} & set(more)


def test_a_file_that_vanished(tiny_server, hub_of):
    hub = hub_of(tiny_server)
    offer = hub.look(NAME)
    del tiny_server.models[NAME].files["tokenizer.json"]
    assert "A file of tests/tiny-bert that the Hub lists is not there" in refused(lambda: download(hub, offer))


def test_damage_in_the_cache(tiny_server, tiny, hub_of):
    hub = hub_of(tiny_server)
    download(hub, hub.look(NAME))
    blob = (hub.local(NAME) / "model.safetensors").resolve()
    source = HubSource(lambda: hub)
    blob.write_bytes(tiny["model.safetensors"][:600_000])
    assert "are damaged or don't belong together. Delete the folder models--tests--tiny-bert" in refused(
        lambda: source.describe(NAME), av.DamagedModelError
    )
    download(hub, hub.look(NAME))
    assert source.load(NAME).info.name == NAME, "a look and a download mend it"
    tokenizer = (hub.local(NAME) / "tokenizer.json").resolve()
    tokenizer.write_bytes(b"{" + b" " * (len(tiny["tokenizer.json"]) - 1))
    refused(lambda: source.load(NAME), av.DamagedModelError)


def test_weights_that_are_not_those_of_the_config(tiny_server, tiny, hub_of):
    """What a look can't see: more layers than there are weights for."""
    tiny_server.add("tests/deeper", with_config(tiny, intermediate_size=600))
    hub = hub_of(tiny_server)
    download(hub, hub.look("tests/deeper"))
    refused(lambda: HubSource(lambda: hub).load("tests/deeper"), av.DamagedModelError)


# From Python, by name


def test_python_downloads_what_it_needs(environment, capsys):
    assert "tests/tiny-bert is not on this machine yet" in refused(
        lambda: av.describe_model(NAME), av.NotDownloadedError
    )
    refused(lambda: library.open_model(NAME), av.NotDownloadedError)
    assert not environment.requests, "nothing is asked without a word"
    model = av.load_model(NAME)
    assert "tests/tiny-bert: 100%" in capsys.readouterr().err
    assert av.describe_model(NAME) == model.info
    environment.requests.clear()
    assert av.load_model(NAME).info == model.info
    assert not environment.requests


def test_python_keeps_to_the_rules(environment, monkeypatch):
    monkeypatch.setenv("ATTENTION_VIZ_DOWNLOADS", "none")
    assert "operator" in refused(lambda: av.load_model(NAME), av.DownloadError)
    monkeypatch.setenv("ATTENTION_VIZ_DOWNLOADS", "any")
    monkeypatch.setenv("ATTENTION_VIZ_DISK_GB", "0.0001")
    assert "ATTENTION_VIZ_DISK_GB" in refused(lambda: av.load_model(NAME), av.DownloadError)
    monkeypatch.setenv("ATTENTION_VIZ_DISK_GB", "1")
    monkeypatch.setenv("ATTENTION_VIZ_DOWNLOADS", "None")
    assert "operator" in refused(lambda: fetch(NAME), av.DownloadError)


def test_a_token_of_the_environment_is_used(environment, monkeypatch):
    environment.models[NAME].tokens = frozenset({TOKEN})
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert Hub.from_environment().look(NAME).name == read_name(NAME)
    environment.models[NAME].tokens = frozenset({"hf_given"})
    assert Hub.from_environment(token="hf_given").look(NAME).name == read_name(NAME)
