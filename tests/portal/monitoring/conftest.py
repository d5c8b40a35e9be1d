from tests.support.fleet import fleet

__all__ = ["fleet"]
