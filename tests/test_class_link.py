"""What students type: with the prefix under which the teacher's browser shows the page."""

from __future__ import annotations

import pytest
import streamlit as st

from ui.app import class_link


@pytest.mark.parametrize(
    ("shown", "page", "address"),
    [
        ("http://192.0.2.7:8501", "start", "http://192.0.2.7:8501"),
        ("http://192.0.2.7:8501/train", "train", "http://192.0.2.7:8501"),
        ("http://192.0.2.7:8501/lab", "lab", "http://192.0.2.7:8501"),
        ("https://hub.example/user/ada/proxy/8501", "start", "https://hub.example/user/ada/proxy/8501"),
        (
            "https://hub.example/user/ada/proxy/8501/denoise",
            "denoise",
            "https://hub.example/user/ada/proxy/8501",
        ),
        ("https://school.example/lab/runs/", "runs", "https://school.example/lab"),
        ("https://school.example/lab/lab", "lab", "https://school.example/lab"),
        ("https://school.example/lab/", "start", "https://school.example/lab"),
    ],
)
def test_the_class_gets_the_prefix_that_the_browser_shows(
    monkeypatch: pytest.MonkeyPatch, shown: str, page: str, address: str
) -> None:
    monkeypatch.setattr(type(st.context), "url", shown)
    assert class_link.class_address(page) == address
