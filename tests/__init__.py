"""Tests stand where the code stands that they are about; what they share is in tests/support."""

import pytest

# A helper's `assert` shows its values when it fails, as one in a test does.
pytest.register_assert_rewrite("tests.support")
