import hypothesis

from tests.fleet import fleet

# No deadline: a busy machine is no failure. No database: tests leave nothing behind in the checkout.
hypothesis.settings.register_profile("unhurried", deadline=None, database=None)
hypothesis.settings.load_profile("unhurried")

__all__ = ["fleet"]
