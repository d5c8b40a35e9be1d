from tests.fleet import fleet

__all__ = ["fleet"]
