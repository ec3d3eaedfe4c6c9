"""What a code weighs, in words."""

from __future__ import annotations

from autoenc.captions import compressed_files


def test_the_bytes_of_an_image_stand_beside_those_of_the_image_codecs() -> None:
    said = compressed_files.image_bytes_caption(13.81, 18, {"JPEG": 239.2, "WebP": 99.1, "AVIF": 374})
    assert said == (
        "An image takes 13.8 bytes here, 18 more for the head of its file; for as good a picture JPEG needs "
        "239, WebP 99.1 and AVIF 374."
    )
    assert compressed_files.image_bytes_caption(1, 18, {}) == (
        "An image takes 1 byte here, 18 more for the head of its file."
    )


def test_a_code_of_more_numbers_than_the_image_is_called_larger() -> None:
    said = compressed_files.image_bytes_caption(491, 19, {"JPEG": 255}, numbers=4)
    assert said == (
        "Its code is 4 times larger than the image; coded, it takes 491 bytes, 19 more for the head of its "
        "file; for as good a picture JPEG needs 255."
    )


def test_many_images_share_a_head() -> None:
    said = compressed_files.together_caption(16, 240)
    assert said == "All 16 images in one file: 240 bytes, 15 bytes each."


def test_the_weights_count_until_enough_images_have_saved_them() -> None:
    # 1,000 bytes of weights, 100 saved by each image: at 10 images both are equal, at 11 ours is smaller.
    said = compressed_files.weights_caption(1000, 100, 200)
    assert said == (
        "The decoder's weights are not in the file: 1 kB. Counted with them, it is smaller than PNG from "
        "11 images on."
    )
    assert "A PNG takes fewer: 200 bytes an image." in compressed_files.weights_caption(2_000_000, 200, 200)
    assert "2 MB" in compressed_files.weights_caption(2_000_000, 200, 200)


def test_the_parts_of_a_file_add_up() -> None:
    assert compressed_files.opened_caption(10, 1020, 20, 0) == (
        "10 images in 1,020 bytes: 20 bytes of head, no tables: the run has them, 1,000 bytes of code, "
        "100 bytes an image."
    )
    assert "1 byte of tables" in compressed_files.opened_caption(10, 1021, 20, 1)
