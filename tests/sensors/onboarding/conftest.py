from tests.support.second_administrator import second_administrator

__all__ = ["second_administrator"]
