"""The index of the sheets of pictures names every page that there is."""

from tests.browser.sheets import FOLDER, shown


def test_every_page_is_in_the_index_of_pictures() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")

    missing = [page.name for page in shown() if f"| `{page.name}` |" not in index]

    assert not missing, "run `make screenshots`, which writes the index and takes their pictures"
