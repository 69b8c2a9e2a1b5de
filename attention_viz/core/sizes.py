"""Numbers of bytes in words."""

from __future__ import annotations


def size_in_words(count: int) -> str:
    """“3 kB”, “1.5 MB”, “438 MB”, “1.3 GB”: powers of 1,000, as disks and the Hub count."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))} kB" if count else "0 kB"
    if count < 1_000_000_000:
        return f"{count / 1e6:.0f} MB" if count >= 10_000_000 else f"{count / 1e6:.1f} MB"
    return f"{count / 1e9:.1f} GB"
