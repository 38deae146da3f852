import pytest
from django.utils import translation

from tests.factories.areas import SmallTree, small_tree


@pytest.fixture
def tree(db: None) -> SmallTree:
    return small_tree()


@pytest.fixture
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def chinese():
    with translation.override("zh-hans"):
        yield
