"""No more is kept than was said, and what is asked for stays longest."""

from __future__ import annotations

from storefront.kernel.recent import Recent


def test_the_value_that_nobody_asked_for_longest_goes() -> None:
    recent: Recent[str] = Recent(2)
    recent.put("a", "one")
    recent.put("b", "two")
    assert recent.get("a") == "one"
    recent.put("c", "three")
    assert [recent.get(key) for key in "abc"] == ["one", None, "three"]
    assert len(recent) == 2


def test_a_value_put_again_is_the_newest() -> None:
    recent: Recent[str] = Recent(2)
    for key in "aba":
        recent.put(key, key)
    recent.put("c", "c")
    assert [recent.get(key) for key in "abc"] == ["a", None, "c"]
